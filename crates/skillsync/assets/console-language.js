// GraphQL as text: tokens, colours, the operations of a document, and a printer that keeps comments.

import { anyOf, lineAt, scan } from "./console-text.js";

const TOKEN = anyOf(
  /(?<comment>#[^\n\r]*)/,
  /(?<string>"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?)/,
  /(?<number>-?\d[\w.+-]*)/,
  /(?<variable>\$\w*)/,
  /(?<directive>@\w*)/,
  /(?<name>[A-Za-z_]\w*)/,
  /(?<punctuation>\.\.\.|[{}()[\]:=!|&])/,
  /(?<invalid>[^\s,\uFEFF])/,
);
const CLOSER = { "{": "}", "(": ")", "[": "]" };
const KINDS = new Set(["query", "mutation", "subscription"]);
const LINE_WIDTH = 80;

export const tokenise = (text) => scan(text, TOKEN);

/** Tokens for painting: keywords, argument names and constants are told from fields by where they stand. */
export function colourGraphql(text) {
  const tokens = tokenise(text);
  let braces = 0;
  let parens = 0;
  tokens.forEach((token, index) => {
    if (token.text === "{") braces += 1;
    else if (token.text === "}") braces -= 1;
    else if (token.text === "(") parens += 1;
    else if (token.text === ")") parens -= 1;
    else if (token.kind === "name") token.kind = nameKind(token, tokens[index - 1], tokens[index + 1], braces, parens);
  });
  return tokens;
}

function nameKind(token, before, after, braces, parens) {
  if (parens > 0) return after?.text === ":" ? "argument" : "constant";
  if (braces > 0) return token.text === "on" && before?.text === "..." ? "keyword" : "name";
  return KINDS.has(token.text) || token.text === "fragment" || token.text === "on" ? "keyword" : "constant";
}

/**
 * The operations of a document, fragments left out.
 * @returns {{kind: string, name: string, start: number, end: number}[]} `name` is empty for an unnamed one.
 */
export function operations(text) {
  const tokens = tokenise(text).filter(({ kind }) => kind !== "comment");
  const found = [];
  let depth = 0;
  let current = null;
  tokens.forEach((token, index) => {
    if (!current) {
      const kind = token.text === "{" ? "query" : token.text;
      const name = token.text !== "{" && tokens[index + 1]?.kind === "name" ? tokens[index + 1].text : "";
      current = { kind, name, start: token.start, end: text.length };
    }
    if (token.text in CLOSER) depth += 1;
    else if ("})]".includes(token.text) && --depth <= 0 && token.text === "}") {
      found.push({ ...current, end: token.end });
      current = null;
      depth = 0;
    }
  });
  if (current) found.push(current);
  return found.filter(({ kind }) => KINDS.has(kind));
}

/** Prints a document anew with two-space indents. Throws an `Error` with a line if a bracket has no partner. */
export function prettify(text) {
  const definitions = [[]];
  for (const node of group(text)) {
    definitions.at(-1).push(node);
    if (node.open === "{") definitions.push([]);
  }
  const printed = definitions.filter((nodes) => nodes.length).map((nodes) => printItem(nodes, 0, false));
  return printed.length ? `${printed.join("\n\n")}\n` : "";
}

/** Turns the token list into a tree: a bracket becomes `{open, nodes}`, everything else stays a token. */
function group(text) {
  const stack = [{ nodes: [] }];
  for (const token of tokenise(text)) {
    const top = stack.at(-1);
    if (token.text in CLOSER) stack.push({ open: token.text, nodes: [], start: token.start });
    else if (token.kind !== "punctuation" || !"})]".includes(token.text)) top.nodes.push(token);
    else if (CLOSER[top.open] === token.text) stack.at(-2).nodes.push(stack.pop());
    else throw new Error(`Line ${lineAt(text, token.start)}: ${token.text} has no partner.`);
  }
  const open = stack.at(-1);
  if (open.open) throw new Error(`Line ${lineAt(text, open.start)}: ${open.open} is never closed.`);
  return stack[0].nodes;
}

/** One definition, field, argument or value with all that belongs to it. */
function printItem(nodes, indent, isValue) {
  let out = "";
  nodes.forEach((node, index) => {
    out += separator(nodes[index - 1], node) + (node.open ? printGroup(node, indent, isValue, out) : node.text);
    if (node.kind === "comment" && index < nodes.length - 1) out += `\n${pad(indent)}`;
  });
  return out;
}

function separator(before, node) {
  if (!before || before.kind === "comment") return "";
  if (node.open === "(") return KINDS.has(before.text) ? " " : "";
  if (node.text === ":" || node.text === "!") return "";
  if (before.text === "..." && node.text !== "on" && node.kind === "name") return "";
  return " ";
}

function printGroup({ open, nodes }, indent, isValue, before) {
  const value = isValue || open !== "{";
  const items = split(nodes, open, value);
  if (!items.length) return open + CLOSER[open];
  if (value && !nodes.some(({ kind }) => kind === "comment")) {
    const line = open + items.map((item) => printItem(item, indent, value)).join(", ") + CLOSER[open];
    const used = before.slice(before.lastIndexOf("\n") + 1).length + (before.includes("\n") ? 0 : indent);
    if (used + line.length <= LINE_WIDTH && !line.includes("\n")) return line;
  }
  const lines = items.map((item) => pad(indent + 2) + printItem(item, indent + 2, value));
  return `${open}\n${lines.join("\n")}\n${pad(indent)}${CLOSER[open]}`;
}

/** Cuts what a bracket holds into its fields, arguments or list entries. */
function split(nodes, open, value) {
  const items = [];
  nodes.forEach((node, index) => {
    const before = nodes[index - 1];
    if (!before || begins(node, before, nodes, index, open, value)) items.push([]);
    items.at(-1).push(node);
  });
  return items;
}

function begins(node, before, nodes, index, open, value) {
  if (node.kind === "comment" || before.kind === "comment") return true;
  if (open === "[") return node.text !== "!";
  if (value) return (node.kind === "name" || node.kind === "variable") && nodes[index + 1]?.text === ":";
  if (node.text === "...") return true;
  if (node.kind !== "name" || before.text === ":" || before.text === "...") return false;
  return !(before.text === "on" && nodes[index - 2]?.text === "...");
}

const pad = (width) => " ".repeat(width);
