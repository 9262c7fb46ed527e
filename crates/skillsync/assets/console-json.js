// JSON for people: colours, and a fault that is named with its line. The browsers' own messages differ too much
// (some give no position at all) to be shown.

import { anyOf, lineAt, scan } from "./console-text.js";

const TOKEN = anyOf(
  /(?<string>"(?:\\.|[^"\\\n])*"?)/,
  /(?<number>-?\d[\w.+-]*)/,
  /(?<constant>[A-Za-z_]\w*)/,
  /(?<punctuation>[{}[\]:,])/,
  /(?<invalid>\S)/,
);

/** Tokens for painting: a string before a colon is a key. */
export function colourJson(text) {
  const tokens = scan(text, TOKEN);
  tokens.forEach((token, index) => {
    if (token.kind === "string" && tokens[index + 1]?.text === ":") token.kind = "key";
  });
  return tokens;
}

/**
 * Reads a JSON object; an empty text is an empty object.
 * @returns {{value: object} | {fault: string, offset: number}} `fault` names the line.
 */
export function readObject(text) {
  if (!text.trim()) return { value: {} };
  const fault = findFault(text);
  if (fault) return { fault: `Line ${lineAt(text, fault.offset)}: ${fault.message}.`, offset: fault.offset };
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return { fault: "Line 1: this must be an object, { … }.", offset: 0 };
  }
  return { value };
}

/** The first fault of a JSON text, or null. */
function findFault(text) {
  const tokens = scan(text, TOKEN);
  let next = 0;
  const peek = () => tokens[next]?.text;

  const fail = (message, token = tokens[next]) => {
    throw {
      message: token ? message : "the text ends too early; a bracket is not closed",
      offset: token?.start ?? text.length,
    };
  };

  function value() {
    const token = tokens[next];
    if (!token) fail("");
    if (token.text === "{") return list("}", member);
    if (token.text === "[") return list("]", value);
    if (token.text === "'") fail("strings need double quotes");
    if (token.kind === "punctuation") fail(`a value is missing before ${token.text}`);
    if (!isJson(token.text)) fail(complaint(token));
    next += 1;
  }

  function member() {
    const token = tokens[next];
    if (token?.kind !== "string" || !isJson(token.text))
      fail(`a name in double quotes is expected, not ${token?.text}`);
    next += 1;
    if (peek() !== ":") fail(`a colon is missing after ${token.text}`);
    next += 1;
    value();
  }

  function list(closer, item) {
    next += 1;
    while (peek() !== closer) {
      item();
      if (peek() === ",") {
        next += 1;
        if (peek() === closer) fail(`the comma before ${closer} is one too many`, tokens[next - 1]);
      } else if (peek() !== closer) fail(`a comma or ${closer} is missing before ${peek()}`);
    }
    next += 1;
  }

  try {
    value();
    if (next < tokens.length) fail(`nothing may follow the value, but ${peek()} does`);
    return null;
  } catch (fault) {
    if (fault instanceof Error) throw fault;
    return fault;
  }
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function complaint({ kind, text }) {
  if (kind === "string") return "this string is not closed, or has a wrong escape";
  if (kind === "number") return `${text} is not a number`;
  return `${text} is not JSON; strings need double quotes`;
}
