// What may be written at a place in a document. A small walk over the tokens keeps a stack of where we are: in a
// selection of some type, in the arguments of some field, in a list. It never needs the document to be complete.

import { tokenise } from "./console-language.js";
import { namedType, writeType } from "./console-schema.js";

/** The type of the selection around `offset`, or undefined outside any. */
export function enclosingType(text, offset, schema) {
  const frame = walk(
    tokenise(text).filter(({ end }) => end <= offset),
    schema,
  ).at(-1);
  return frame.in === "selection" ? frame.type : undefined;
}

/**
 * The suggestions at `offset`, best first.
 * @returns {{from: number, to: number, prefix: string, items: object[]} | null} the range they would replace
 */
export function suggest(text, offset, schema) {
  const tokens = tokenise(text);
  const before = tokens.filter(({ start }) => start < offset);
  const last = before.at(-1);
  if (last && isProse(last, offset)) return null;
  const partial = last?.end >= offset && ["name", "variable", "directive"].includes(last.kind) ? before.pop() : null;
  const prefix = partial ? text.slice(partial.start, offset) : "";
  const frame = walk(before, schema).at(-1);
  const items = rank(candidates(frame, prefix, tokens, schema), prefix.toLowerCase());
  return items.length ? { from: partial?.start ?? offset, to: partial?.end ?? offset, prefix, items } : null;
}

/** In a comment, or in a string that has not ended, nothing is suggested. */
function isProse({ kind, text, end }, offset) {
  if (kind === "comment") return end >= offset;
  return kind === "string" && (end > offset || text.length < 2 || !text.endsWith('"'));
}

function rank(items, prefix) {
  const place = ({ label }) => label.toLowerCase().indexOf(prefix);
  const hits = items.filter((item) => place(item) >= 0);
  return hits.sort((a, b) => Math.min(place(a), 1) - Math.min(place(b), 1)).slice(0, 60);
}

function walk(tokens, schema) {
  const stack = [{ in: "document" }];
  for (const token of tokens) {
    if (token.kind === "comment") continue;
    if (token.kind === "punctuation" && "})]".includes(token.text)) {
      if (stack.length > 1) stack.pop();
    } else STEP[stack.at(-1).in](stack.at(-1), token, stack, schema);
  }
  return stack;
}

const inputsOf = (schema, reference) => schema.types.get(namedType(reference))?.inputFields;

const STEP = {
  document(frame, { kind, text }, stack, schema) {
    if (text === "{") {
      stack.push({ in: "selection", type: frame.type ?? schema.roots.query });
      frame.type = frame.after = undefined;
    } else if (text === "(") stack.push({ in: "definitions" });
    else if (kind === "directive") frame.args = schema.directives.get(text.slice(1))?.args;
    else if (kind === "name") {
      if (frame.after === "on") frame.type = schema.types.get(text);
      else if (!frame.after) frame.type = schema.roots[text];
      frame.after = text;
    }
  },

  selection(frame, { kind, text }, stack, schema) {
    if (text === "...") Object.assign(frame, { spread: "start", target: frame.type });
    else if (text === "{") {
      stack.push({ in: "selection", type: frame.target });
      frame.spread = null;
    } else if (text === "(") stack.push({ in: "inputs", inputs: frame.args });
    else if (kind === "directive") {
      frame.args = schema.directives.get(text.slice(1))?.args;
      frame.spread = null;
    } else if (kind === "name") readName(frame, text, schema);
  },

  inputs(frame, { kind, text }, stack, schema) {
    if (text === ":") frame.awaits = true;
    else if (kind === "name" && !frame.awaits) frame.reference = frame.inputs?.get(text)?.type;
    else {
      frame.awaits = false;
      if (text === "{") stack.push({ in: "inputs", inputs: inputsOf(schema, frame.reference) });
      if (text === "[") stack.push({ in: "list", reference: frame.reference });
    }
  },

  list(frame, { text }, stack, schema) {
    if (text === "{") stack.push({ in: "inputs", inputs: inputsOf(schema, frame.reference) });
    if (text === "[") stack.push({ ...frame });
  },

  definitions(frame, { text }, stack) {
    frame.awaits = text === ":";
    if (text === "[") stack.push({ in: "definitions", awaits: true });
    if (text === "{") stack.push({ in: "inputs" });
  },
};

function readName(frame, text, schema) {
  if (frame.spread === "start") {
    frame.spread = text === "on" ? "on" : null;
  } else if (frame.spread === "on") {
    frame.target = schema.types.get(text);
    frame.spread = null;
  } else {
    const field = frame.type?.fields.get(text);
    frame.target = field && schema.types.get(namedType(field.type));
    frame.args = field?.args;
  }
}

function candidates(frame, prefix, tokens, schema) {
  if (prefix.startsWith("@")) {
    return [...schema.directives.values()].map((directive) => item(`@${directive.name}`, "", directive));
  }
  switch (frame.in) {
    case "document":
      if (frame.after === "on") return typeItems(schema, ["OBJECT", "INTERFACE", "UNION"]);
      return frame.after ? [] : [...Object.keys(schema.roots), "fragment"].map((word) => item(word, ""));
    case "selection":
      return selectionItems(frame, tokens, schema);
    case "inputs":
      if (frame.awaits) return valueItems(frame.reference, tokens, schema);
      return entries(frame.inputs).map((input) => ({
        ...item(input.name, writeType(input.type), input),
        insert: `${input.name}: `,
      }));
    case "list":
      return valueItems(frame.reference, tokens, schema);
    default:
      return frame.awaits ? typeItems(schema, ["SCALAR", "ENUM", "INPUT_OBJECT"]) : [];
  }
}

function selectionItems(frame, tokens, schema) {
  if (frame.spread === "on") return typeItems(schema, ["OBJECT", "INTERFACE", "UNION"]);
  if (frame.spread === "start") {
    const fragments = tokens.filter((_, index) => tokens[index - 1]?.text === "fragment");
    return [item("on", "type condition"), ...fragments.map(({ text }) => item(text, "fragment"))];
  }
  if (!frame.type) return [];
  const fields = entries(frame.type.fields).map((field) => item(field.name, writeType(field.type), field));
  return [...fields, item("__typename", "String!")];
}

function valueItems(reference, tokens, schema) {
  const type = schema.types.get(namedType(reference));
  const variables = new Set(
    tokens.filter(({ kind, text }) => kind === "variable" && text.length > 1).map(({ text }) => text),
  );
  const literals = (type?.enumValues ?? []).map((value) => item(value.name, type.name, value));
  if (type?.name === "Boolean") literals.push(item("true", "Boolean"), item("false", "Boolean"));
  return [...literals, ...Array.from(variables, (name) => item(name, "variable"))];
}

const entries = (map) => [...(map?.values() ?? [])];

function typeItems({ types }, kinds) {
  return entries(types)
    .filter(({ kind, name }) => kinds.includes(kind) && !name.startsWith("__"))
    .map((type) => item(type.name, "", type));
}

function item(label, detail, { description, isDeprecated, deprecationReason } = {}) {
  const note = isDeprecated ? `Deprecated: ${deprecationReason ?? ""}` : (description ?? "");
  return { label, detail, note, deprecated: Boolean(isDeprecated), insert: label };
}
