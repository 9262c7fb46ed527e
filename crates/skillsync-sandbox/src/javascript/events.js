// What happens later: timers on a clock of their own, `process`, and promises that nobody looks after.
(function (host) {
  "use strict";

  const RealDate = Date;
  const realNow = Date.now;
  const started = realNow();
  const timers = new Map();
  const ticks = [];
  const unhandled = new Map();
  let passed = 0;
  let lastId = 0;

  // Nobody waits for a timer: when nothing else is left to do, the clock jumps to the next one. So a program that
  // waits for three seconds takes none, and everything happens in the order in which it would.
  const now = () => realNow() - started + passed;
  host.now = now;

  class Timeout {
    constructor(id) { Object.defineProperty(this, "id", { value: id }); }
    ref() { return this; }
    unref() { return this; }
    hasRef() { return true; }
    refresh() { const timer = timers.get(this.id); if (timer) timer.due = now() + timer.delay; return this; }
    [Symbol.toPrimitive]() { return this.id; }
  }

  function add(callback, delay, values, repeats) {
    if (typeof callback !== "function") throw new TypeError("The \"callback\" argument must be of type function.");
    lastId += 1;
    const wait = Math.max(1, Math.trunc(Number(delay)) || 1);
    timers.set(lastId, { callback, values, delay: wait, due: Math.trunc(now()) + wait, repeats });
    return new Timeout(lastId);
  }

  const remove = (timer) => { timers.delete(timer instanceof Timeout ? timer.id : Number(timer)); };

  // Runs the timer that is due next and says whether there was one. Of two for the same time the older comes first.
  host.turn = () => {
    let id;
    for (const [candidate, timer] of timers) if (id === undefined || timer.due < timers.get(id).due) id = candidate;
    if (id === undefined) return false;
    const timer = timers.get(id);
    passed += Math.max(0, timer.due - now());
    timers.delete(id);
    if (timer.repeats) {
      timer.due = Math.max(timer.due, Math.trunc(now())) + timer.delay;
      timers.set(id, timer);
    }
    timer.callback(...timer.values);
    return true;
  };

  // Runs what `process.nextTick` was given, before any promise goes on.
  host.tick = () => {
    const any = ticks.length > 0;
    while (ticks.length > 0) ticks.shift()();
    return any;
  };

  host.rejected = (promise, reason, handled) => {
    if (handled) unhandled.delete(promise);
    else unhandled.set(promise, reason);
  };

  host.settle = () => {
    for (const reason of unhandled.values()) host.exit(host.uncaught(reason));
  };

  // Tells what nobody caught, and gives the exit code that fits.
  host.uncaught = (thrown) => {
    if (!(thrown instanceof Error)) {
      host.print(2, `Uncaught ${host.inspect(thrown)}\n`);
      return 1;
    }
    const text = host.inspect(thrown);
    host.print(2, `${text.startsWith("[") ? host.errorText(thrown) : text}\n`);
    const message = String(thrown.message);
    if (message === "out of memory") return 117;
    return /^(Maximum call stack size exceeded|stack overflow)$/.test(message) ? 118 : 1;
  };
  host.exitCode = 0;

  const currentDate = new Proxy(RealDate, {
    construct: (target, values, maker) => Reflect.construct(target, values.length === 0 ? [started + now()] : values, maker),
    apply: () => new RealDate(started + now()).toString(),
  });
  RealDate.now = () => started + now();
  RealDate.prototype.constructor = currentDate;

  const process = {
    argv: ["node", "program.js"], env: {}, platform: "linux", pid: 1, version: "", versions: {},
    stdout: { write: (text) => { host.print(1, String(text).toWellFormed()); return true; }, isTTY: false, columns: 80 },
    stderr: { write: (text) => { host.print(2, String(text).toWellFormed()); return true; }, isTTY: false, columns: 80 },
    get exitCode() { return host.exitCode; },
    set exitCode(code) { host.exitCode = Number(code) || 0; },
    exit: (code = host.exitCode) => host.exit(Number(code) || 0),
    nextTick: (callback, ...values) => { ticks.push(() => callback(...values)); },
    uptime: () => now() / 1000,
    cwd: () => "/",
    on: () => process,
    hrtime: Object.assign(() => [Math.trunc(now() / 1000), (now() % 1000) * 1e6], { bigint: () => BigInt(Math.round(now() * 1e6)) }),
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
  };

  function require(name) {
    const error = new Error(`Cannot find module '${name}': programs here cannot load modules`);
    error.code = "MODULE_NOT_FOUND";
    throw error;
  }

  const globals = {
    Date: currentDate,
    process,
    require,
    performance: { now, timeOrigin: started, mark() {}, measure() {} },
    setTimeout: (callback, delay, ...values) => add(callback, delay, values, false),
    setInterval: (callback, delay, ...values) => add(callback, delay, values, true),
    setImmediate: (callback, ...values) => add(callback, 1, values, false),
    clearTimeout: remove, clearInterval: remove, clearImmediate: remove,
    queueMicrotask: (callback) => {
      Promise.resolve().then(callback).catch((error) => host.exit(host.uncaught(error)));
    },
    prompt: (question = "") => {
      host.print(1, String(question).toWellFormed());
      return host.readLine() ?? null;
    },
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
})
