// The console: prints values one after the other, with the placeholders, groups, counters and tables of Node.js.
(function (host) {
  "use strict";

  const { inspect, print } = host;
  const counters = new Map();
  const timers = new Map();
  let indent = "";

  const shown = (value) => (typeof value === "string" ? value : inspect(value));

  function number(value, read) {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "symbol" || typeof value === "object" ? "NaN" : inspect(read(value));
  }

  const placeholders = {
    s: (value) => (typeof value === "function" || shown(value) === value ? String(value) : inspect(value)),
    d: (value) => number(value, Number),
    i: (value) => number(value, parseInt),
    f: (value) => (typeof value === "symbol" ? "NaN" : inspect(parseFloat(value))),
    j: (value) => JSON.stringify(value),
    o: inspect,
    O: inspect,
    c: () => "",
  };

  function format(values) {
    const rest = [...values];
    let text = "";
    if (typeof rest[0] === "string" && rest.length > 1) {
      text = rest.shift().replace(/%([sdifjoOc%])/g, (whole, kind) => {
        if (kind === "%") return "%";
        return rest.length === 0 ? whole : placeholders[kind](rest.shift());
      });
      return [text, ...rest.map(shown)].join(" ");
    }
    return rest.map(shown).join(" ");
  }

  function say(descriptor, values) {
    const text = format(values).toWellFormed();
    print(descriptor, (indent === "" ? text : indent + text.replaceAll("\n", "\n" + indent)) + "\n");
  }

  function table(rows, only) {
    if (typeof rows !== "object" || rows === null) return say(1, [rows]);
    const counted = rows instanceof Map || rows instanceof Set;
    const keys = rows instanceof Map ? [...rows.keys()].map(inspect) : null;
    const lines = counted ? [...rows.values()].map((row, at) => [at, row]) : Object.entries(rows);
    const names = [];
    let plain = false;
    for (const [, row] of lines) {
      if (typeof row !== "object" || row === null) plain = true;
      else for (const key of only ?? Object.keys(row)) if (!names.includes(key)) names.push(key);
    }
    const head = [counted ? "(iteration index)" : "(index)", ...(keys ? ["Key"] : []), ...names, ...(plain ? ["Values"] : [])];
    const body = lines.map(([index, row], at) => {
      const isPlain = typeof row !== "object" || row === null;
      const cells = names.map((name) => (!isPlain && Object.hasOwn(row, name) ? inspect(row[name]) : ""));
      return [String(index), ...(keys ? [keys[at]] : []), ...cells, ...(plain ? [isPlain ? inspect(row) : ""] : [])];
    });
    const widths = head.map((name, at) => Math.max(...[head, ...body].map((cells) => cells[at].length)) + 2);
    const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
    const line = (cells) => "│" + cells.map((cell, at) => ` ${cell}`.padEnd(widths[at])).join("│") + "│";
    say(1, [[rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...body.map(line), rule("└", "┴", "┘")].join("\n")]);
  }

  function group(...values) {
    if (values.length > 0) say(1, values);
    indent += "  ";
  }

  function elapsed(label, values) {
    if (timers.has(label)) say(1, [`${label}: ${(host.now() - timers.get(label)).toFixed(3)}ms`, ...values]);
  }

  const log = (...values) => say(1, values);
  const warn = (...values) => say(2, values);
  const methods = {
    log, info: log, debug: log, warn, error: warn, table, group, groupCollapsed: group,
    dir: (value) => say(1, [inspect(value)]),
    trace: (...values) => say(2, ["Trace:", ...values]),
    assert: (good, ...values) => {
      if (good) return;
      if (values.length === 0) say(2, ["Assertion failed"]);
      else if (typeof values[0] === "string") say(2, [`Assertion failed: ${values[0]}`, ...values.slice(1)]);
      else say(2, ["Assertion failed:", ...values]);
    },
    groupEnd: () => { indent = indent.slice(2); },
    count: (label = "default") => {
      counters.set(label, (counters.get(label) ?? 0) + 1);
      say(1, [`${label}: ${counters.get(label)}`]);
    },
    countReset: (label = "default") => { counters.delete(label); },
    time: (label = "default") => { timers.set(label, host.now()); },
    timeLog: (label = "default", ...values) => elapsed(label, values),
    timeEnd: (label = "default") => { elapsed(label, []); timers.delete(label); },
  };
  Object.defineProperty(globalThis, "console", { value: methods, writable: true, configurable: true });

  host.say = say;
})
