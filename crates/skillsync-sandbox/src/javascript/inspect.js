// Shows any value as text, in the form that `console.log` of Node.js has, which is what learners will see elsewhere.
(function (host) {
  "use strict";

  const lineWidth = 80;
  const deepest = 2;
  const mostEntries = 100;
  const custom = Symbol.for("nodejs.util.inspect.custom");
  const typedArray = Object.getPrototypeOf(Uint8Array);
  const escapes = { "\n": "\\n", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };

  function quote(text) {
    const mark = ["'", '"', "`"].find((mark) => !text.includes(mark)) ?? "'";
    const quoted = text.toWellFormed().replace(/[\x00-\x1f\x7f-\x9f\\]/g, (character) =>
      escapes[character] ?? "\\x" + character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
    return mark + quoted.replaceAll(mark, "\\" + mark) + mark;
  }

  function primitive(state, value) {
    switch (typeof value) {
      case "string": {
        const room = lineWidth - state.indent - 4;
        if (value.length <= 16 || value.length <= room || !value.includes("\n")) return quote(value);
        return value.split(/(?<=\n)/).map(quote).join(" +\n" + " ".repeat(state.indent + 2));
      }
      case "number": return Object.is(value, -0) ? "-0" : String(value);
      case "bigint": return `${value}n`;
      default: return String(value);
    }
  }

  // The name of the nearest constructor, null where there is no prototype at all.
  function constructorName(value) {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const own = Object.getOwnPropertyDescriptor(at, "constructor");
      if (typeof own?.value === "function" && own.value.name !== "" && value instanceof own.value) return own.value.name;
    }
    return null;
  }

  function prefix(name, tag, fallback, size = "") {
    const shown = name === null ? `[${fallback}${size}: null prototype] ` : `${name}${size} `;
    return tag !== "" && tag !== name ? `${shown}[${tag}] ` : shown;
  }

  function functionBase(value, name) {
    if (/^class\b/.test(Function.prototype.toString.call(value))) {
      const parent = Object.getPrototypeOf(value)?.name;
      return `[class ${value.name === "" ? "(anonymous)" : value.name}${parent ? ` extends ${parent}` : ""}]`;
    }
    const kind = name?.endsWith("Function") ? name : "Function";
    return value.name === "" ? `[${kind} (anonymous)]` : `[${kind}: ${value.name}]`;
  }

  // The name and the message as they are now, then the places where it came about, without those of this prelude.
  function errorText(error) {
    let name = String(error.name ?? "Error");
    const constructor = constructorName(error);
    if (constructor !== null && constructor !== name && name.endsWith("Error") && constructor.includes(name)) {
      name = constructor;
    }
    const message = String(error.message ?? "");
    const head = message === "" ? name : name === "" ? message : `${name}: ${message}`;
    const places = String(error.stack ?? "").split("\n")
      .filter((line) => /^\s+at /.test(line) && !/<(inspect|console|locale|events)>|\(native\)/.test(line))
      .map((line) => "    " + line.trim());
    return [head, ...places.slice(0, 10)].join("\n");
  }

  function errorBase(state, error) {
    const text = errorText(error);
    if (!text.includes("\n    at ")) return `[${text}]`;
    return state.indent === 0 ? text : text.replaceAll("\n", "\n" + " ".repeat(state.indent));
  }

  const isArguments = (value) => Object.prototype.toString.call(value) === "[object Arguments]";

  function propertyName(key) {
    if (typeof key === "symbol") return `[${String(key)}]`;
    return /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : quote(key);
  }

  function propertyValue(state, owner, key, level) {
    const own = Object.getOwnPropertyDescriptor(owner, key) ?? { value: owner[key] };
    if (own.get !== undefined) return own.set === undefined ? "[Getter]" : "[Getter/Setter]";
    if (own.set !== undefined) return "[Setter]";
    state.indent += 2;
    const text = format(state, own.value, level);
    state.indent -= 2;
    return text;
  }

  function more(count) {
    return `... ${count} more item${count > 1 ? "s" : ""}`;
  }

  function arrayEntries(state, value, level) {
    const entries = [];
    let at = 0;
    for (; at < value.length && entries.length < mostEntries; at += 1) {
      if (Object.hasOwn(value, at)) {
        entries.push(propertyValue(state, value, String(at), level));
        continue;
      }
      const first = at;
      while (at + 1 < value.length && !Object.hasOwn(value, at + 1)) at += 1;
      const holes = at - first + 1;
      entries.push(`<${holes} empty item${holes > 1 ? "s" : ""}>`);
    }
    if (at < value.length) entries.push(more(value.length - at));
    return entries;
  }

  function collectionEntries(state, values, size, show) {
    const entries = [];
    state.indent += 2;
    for (const value of values) {
      if (entries.length === mostEntries) {
        entries.push(more(size - mostEntries));
        break;
      }
      entries.push(show(value));
    }
    state.indent -= 2;
    return entries;
  }

  // What there is to say about one kind of object: its text before the braces, the braces, and what is between them.
  function describe(state, value, keys) {
    const name = constructorName(value);
    const ownTag = value[Symbol.toStringTag];
    const tag = typeof ownTag === "string" && ownTag !== "" && ownTag !== name ? ownTag : "";
    const braced = (open, entries, more) => ({ base: "", open, close: "}", entries, ...more });
    const based = (base) => ({ base, open: "{", close: "}", entries: null });
    if (Array.isArray(value)) {
      const open = name === "Array" && tag === "" ? "[" : `${prefix(name, tag, "Array", `(${value.length})`)}[`;
      return { base: "", open, close: "]", entries: (level) => arrayEntries(state, value, level), list: true };
    }
    if (value instanceof Set) {
      const entries = (level) => collectionEntries(state, value, value.size, (item) => format(state, item, level));
      return braced(`${prefix(name, tag, "Set", `(${value.size})`)}{`, value.size > 0 ? entries : null);
    }
    if (value instanceof Map) {
      const pair = (level) => ([key, item]) => `${format(state, key, level)} => ${format(state, item, level)}`;
      const entries = (level) => collectionEntries(state, value, value.size, pair(level));
      return braced(`${prefix(name, tag, "Map", `(${value.size})`)}{`, value.size > 0 ? entries : null);
    }
    if (value instanceof typedArray) {
      const open = `${prefix(name, "", "TypedArray", `(${value.length})`)}[`;
      return { base: "", open, close: "]", entries: (level) => arrayEntries(state, value, level), list: true };
    }
    if (typeof value === "function") return based(functionBase(value, name));
    if (value instanceof RegExp) return based(RegExp.prototype.toString.call(value));
    if (value instanceof Date) {
      return based(Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString());
    }
    if (value instanceof Error) {
      for (const key of ["name", "message", "stack"]) {
        const at = keys.indexOf(key);
        if (at >= 0 && errorText(value).includes(String(value[key]))) keys.splice(at, 1);
      }
      if (Object.hasOwn(value, "cause") && !keys.includes("cause")) keys.push("cause");
      return { ...based(errorBase(state, value)), hidden: ["cause"] };
    }
    if (value instanceof Promise) {
      const [how, what] = host.promiseState(value);
      const shown = (level) => how === "fulfilled" ? format(state, what, level) : `<rejected> ${format(state, what, level)}`;
      return braced(`${prefix(name, tag, "Promise")}{`, (level) => [how === "pending" ? "<pending>" : shown(level)]);
    }
    if (value instanceof WeakMap || value instanceof WeakSet) {
      return braced(`${prefix(name, tag, "WeakMap")}{`, () => ["<items unknown>"]);
    }
    for (const boxed of [Number, String, Boolean, Symbol, BigInt]) {
      if (!(value instanceof boxed)) continue;
      if (boxed === String) keys.splice(0, value.length);
      return based(`[${boxed.name}: ${primitive(state, boxed.prototype.valueOf.call(value))}]`);
    }
    if (isArguments(value)) {
      const entries = (level) => arrayEntries(state, value, level);
      return { base: "", open: "[Arguments] [", close: "]", entries, list: true };
    }
    return braced(name === "Object" && tag === "" ? "{" : `${prefix(name, tag, "Object")}{`, null);
  }

  function format(state, value, level) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return primitive(state, value);
    if (typeof value[custom] === "function") {
      const shown = value[custom](deepest - level, {}, inspect);
      return typeof shown === "string" ? shown.replaceAll("\n", "\n" + " ".repeat(state.indent)) : format(state, shown, level);
    }
    if (state.seen.includes(value)) {
      if (!state.circular.has(value)) state.circular.set(value, state.circular.size + 1);
      return `[Circular *${state.circular.get(value)}]`;
    }
    return formatObject(state, value, level);
  }

  function formatObject(state, value, level) {
    const isList = Array.isArray(value) || value instanceof typedArray || isArguments(value);
    const symbols = Object.getOwnPropertySymbols(value)
      .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    const keys = Object.keys(value).filter((key) => !isList || !/^(0|[1-9][0-9]*)$/.test(key)).concat(symbols);
    let { base, open, close, entries, list, hidden } = describe(state, value, keys);
    const empty = keys.length === 0 && (entries === null || (list && value.length === 0));
    if (empty) return base === "" ? open + close : base;
    if (level > deepest) {
      return Array.isArray(value) ? "[Array]" : `[${constructorName(value) ?? "Object: null prototype"}]`;
    }
    state.seen.push(value);
    state.level = level + 1;
    const parts = entries === null ? [] : entries(level + 1);
    for (const key of keys) {
      const name = hidden?.includes(key) ? `[${String(key)}]` : propertyName(key);
      parts.push(`${name}: ${propertyValue(state, value, key, level + 1)}`);
    }
    state.seen.pop();
    if (state.circular.has(value)) {
      const mark = `<ref *${state.circular.get(value)}>`;
      base = base === "" ? mark : `${mark} ${base}`;
    }
    return assemble(state, { base, open, close, parts, level: level + 1, list: list ? value : null });
  }

  // One line where it is short and shallow, columns for a long list of short items, else a line for each part.
  function assemble(state, { base, open, close, parts, level, list }) {
    const rows = list !== null && parts.length > 6 ? columns(state, parts, list) : parts;
    const before = base === "" ? "" : `${base} `;
    if (state.level - level < 3 && rows.length === parts.length) {
      const length = rows.reduce((sum, row) => sum + row.length, rows.length * 2)
        + state.indent + open.length + base.length + 10;
      const line = rows.join(", ");
      if (length <= lineWidth && !line.includes("\n") && !base.includes("\n")) return `${before}${open} ${line} ${close}`;
    }
    const indent = "\n" + " ".repeat(state.indent);
    return `${before}${open}${indent}  ${rows.join(`,${indent}  `)}${indent}${close}`;
  }

  // As near to a square as Node.js makes it: characters are two and a half times as high as wide, and a row holds at
  // most sixteen items.
  function columns(state, parts, list) {
    const items = list.length > mostEntries ? parts.slice(0, -1) : parts;
    const widths = items.map((item) => item.length + 2);
    const total = widths.reduce((sum, width) => sum + width, 0);
    const widest = Math.max(...widths);
    if (widest * 3 + state.indent >= lineWidth || (total / widest <= 5 && widest > 8)) return parts;
    const bias = Math.max(widest - 3 - Math.sqrt(widest - total / parts.length), 1);
    const count = Math.min(
      Math.round(Math.sqrt(2.5 * bias * items.length) / bias),
      Math.floor((lineWidth - state.indent) / widest),
      12,
      15,
    );
    if (count <= 1) return parts;
    const columnWidths = Array.from({ length: count }, (_, column) =>
      widths.reduce((most, width, at) => (at % count === column ? Math.max(most, width) : most), 0));
    const numbers = Array.prototype.every.call(list, (item) => typeof item === "number" || typeof item === "bigint");
    const rows = [];
    for (let first = 0; first < items.length; first += count) {
      const row = items.slice(first, first + count);
      rows.push(row.map((item, at) => {
        const last = at === row.length - 1;
        if (numbers) return `${item}${last ? "" : ", "}`.padStart(columnWidths[at] - (last ? 2 : 0));
        return last ? item : `${item}, `.padEnd(columnWidths[at]);
      }).join(""));
    }
    return items === parts ? rows : [...rows, parts.at(-1)];
  }

  function inspect(value) {
    return format({ indent: 0, level: 0, seen: [], circular: new Map() }, value, 0);
  }

  host.inspect = inspect;
  host.errorText = errorText;
})
