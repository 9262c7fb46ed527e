// Numbers and dates in the American form, which is what Node.js prints where nothing else is asked for: the engine knows
// no other languages. And `structuredClone`, which it does not have either.
(function () {
  "use strict";

  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

  // Rounds half away from zero on the decimal digits as they are written, as people expect.
  function decimal(value, least, most) {
    let text = value.toFixed(most);
    if (most > least && text.includes(".")) {
      const [whole, part] = text.split(".");
      const kept = part.replace(/0+$/, "").padEnd(least, "0");
      text = kept === "" ? whole : `${whole}.${kept}`;
    }
    return text;
  }

  function grouped(text) {
    const [whole, part] = text.split(".");
    const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return part === undefined ? groups : `${groups}.${part}`;
  }

  const signs = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹" };

  function numberText(value, options = {}) {
    if (Number.isNaN(value)) return "NaN";
    const style = options.style ?? "decimal";
    const usual = style === "currency" ? (options.currency === "JPY" ? [0, 0] : [2, 2]) : style === "percent" ? [0, 0] : [0, 3];
    const least = options.minimumFractionDigits ?? Math.min(usual[0], options.maximumFractionDigits ?? usual[0]);
    const most = options.maximumFractionDigits ?? Math.max(usual[1], least);
    const size = Math.abs(style === "percent" ? value * 100 : value);
    const digits = size === Infinity ? "∞" : decimal(size, least, most);
    const text = options.useGrouping === false ? digits : grouped(digits);
    const sign = value < 0 || Object.is(value, -0) ? "-" : "";
    if (style === "percent") return `${sign}${text}%`;
    if (style === "currency") return `${sign}${signs[options.currency] ?? `${options.currency}\u00a0`}${text}`;
    return sign + text;
  }

  function dateText(date, options = {}) {
    const parts = [];
    const { weekday, year, month, day } = options;
    const any = weekday ?? year ?? month ?? day;
    const y = any === undefined || year ? String(date.getFullYear()) : "";
    const m = date.getMonth();
    const d = any === undefined || day ? String(date.getDate()).padStart(day === "2-digit" ? 2 : 1, "0") : "";
    if (month === "long" || month === "short") {
      const name = month === "long" ? months[m] : months[m].slice(0, 3);
      const monthDay = [name, d].filter((part) => part !== "").join(" ");
      if (weekday) parts.push(weekday === "long" ? days[date.getDay()] : days[date.getDay()].slice(0, 3));
      parts.push(monthDay);
      if (y !== "") return d === "" ? `${parts.join(", ")} ${y}` : `${parts.join(", ")}, ${y}`;
      return parts.join(", ");
    }
    if (weekday) parts.push(weekday === "long" ? days[date.getDay()] : days[date.getDay()].slice(0, 3));
    const number = any === undefined || month ? String(m + 1).padStart(month === "2-digit" ? 2 : 1, "0") : "";
    const numeric = [number, d, y].filter((part) => part !== "").join("/");
    return [...parts, numeric].filter((part) => part !== "").join(", ");
  }

  function timeText(date, options = {}) {
    const hours = date.getHours();
    const two = (value) => String(value).padStart(2, "0");
    const seconds = options.hour && !options.second ? "" : `:${two(date.getSeconds())}`;
    if (options.hour12 === false) return `${two(hours)}:${two(date.getMinutes())}${seconds}`;
    const hour = options.hour === "2-digit" ? two(hours % 12 || 12) : hours % 12 || 12;
    return `${hour}:${two(date.getMinutes())}${seconds} ${hours < 12 ? "AM" : "PM"}`;
  }

  function replace(type, methods) {
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(type.prototype, name, { value, writable: true, configurable: true });
    }
  }

  replace(Number, { toLocaleString(_, options) { return numberText(Number(this), options); } });
  replace(BigInt, { toLocaleString() { return grouped(String(this)); } });
  replace(Date, {
    toLocaleDateString(_, options) { return dateText(this, options); },
    toLocaleTimeString(_, options) { return timeText(this, options); },
    toLocaleString(_, options) { return `${dateText(this, options)}, ${timeText(this, options)}`; },
  });

  function copy(value, seen) {
    if (typeof value === "function" || typeof value === "symbol") {
      throw new Error(`${String(value)} could not be cloned.`);
    }
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (made) => { seen.set(value, made); return made; };
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Error) return keep(Object.assign(new Error(value.message), { name: value.name }));
    if (ArrayBuffer.isView(value)) return keep(value.slice());
    if (value instanceof Map) {
      const made = keep(new Map());
      for (const [key, item] of value) made.set(copy(key, seen), copy(item, seen));
      return made;
    }
    if (value instanceof Set) {
      const made = keep(new Set());
      for (const item of value) made.add(copy(item, seen));
      return made;
    }
    const made = keep(Array.isArray(value) ? new Array(value.length) : {});
    for (const key of Object.keys(value)) made[key] = copy(value[key], seen);
    return made;
  }

  const structuredClone = (value) => copy(value, new Map());
  Object.defineProperty(globalThis, "structuredClone", { value: structuredClone, writable: true, configurable: true });
})
