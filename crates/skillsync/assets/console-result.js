// The result pane: what came back, how long it took, and every error with its code.

import { colourJson } from "./console-json.js";
import { make, paint } from "./console-text.js";

/** Above this many characters a reply is shown without colours: a span for each token would freeze the page. */
const MOST_COLOURED = 300_000;
const MOST_EVENTS = 200;
const DEEPEST_INDENT = 14;

/** @param {(line: number) => void} onLine called when a person follows an error to its place in the query */
export function createResult({ status, errors, output }, onLine) {
  let events = 0;

  function say(sentence, tone = "") {
    status.textContent = sentence;
    status.dataset.tone = tone;
  }

  function clear() {
    events = 0;
    errors.replaceChildren();
    output.replaceChildren();
  }

  const showErrors = (list) => errors.append(...[list ?? []].flat().map((error) => errorRow(error, onLine)));

  return {
    say,
    clear,
    showReply({ ok, status: code, statusText, durationMs, bytes, text, body }) {
      clear();
      const failed = !ok || body?.errors?.length > 0;
      say(`${code} ${statusText} · ${duration(durationMs)} · ${size(bytes)}`, failed ? "bad" : "good");
      showErrors(body?.errors);
      output.append(block(body ?? text));
    },
    /** Puts an event of a subscription on top and forgets the oldest beyond a bound. */
    showEvent(payload, sinceMs) {
      events += 1;
      showErrors(payload.errors);
      output.prepend(make("h3", { textContent: `Event ${events} · after ${duration(sinceMs)}` }), block(payload));
      while (output.children.length > 2 * MOST_EVENTS) output.lastChild.remove();
      while (errors.children.length > MOST_EVENTS) errors.firstChild.remove();
    },
    showErrors,
    get events() {
      return events;
    },
  };
}

function block(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const element = make("pre");
  if (typeof value === "string" || text.length > MOST_COLOURED) element.textContent = text;
  else element.append(...text.split("\n").map(outputLine));
  return element;
}

/** A line of its own, so that a long string goes on under its beginning, not at the left edge. */
function outputLine(text) {
  const line = make("div");
  paint(line, text, colourJson(text));
  const indent = Math.min(text.search(/\S/), DEEPEST_INDENT) + 2;
  line.style.paddingLeft = `${indent}ch`;
  line.style.textIndent = `-${indent}ch`;
  return line;
}

function errorRow({ message, extensions, path, locations }, onLine) {
  const row = make("li");
  if (extensions?.code) row.append(make("code", { className: "badge", textContent: extensions.code }), " ");
  row.append(message ?? "The server sent an error without a message.");
  if (path?.length) row.append(" ", make("small", { textContent: `at ${path.join(".")}` }));
  const line = locations?.[0]?.line;
  if (line) {
    const go = make("button", { type: "button", className: "link", textContent: `line ${line}` });
    go.addEventListener("click", () => onLine(line));
    row.append(" ", go);
  }
  return row;
}

function duration(ms) {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Sizes in decimal units, as the network panel of a browser shows them. */
function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
