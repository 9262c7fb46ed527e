// The schema, to walk through and to search. A field's name inserts it; a type's name opens the type.

import { namedType, writeType } from "./console-schema.js";
import { make } from "./console-text.js";

const MOST_HITS = 60;

/**
 * @param {{path: Element, search: HTMLInputElement, view: Element}} parts
 * @param {(parent: object, field: object) => void} onInsert
 */
export function createExplorer({ path, search, view }, onInsert) {
  let schema = null;
  let trail = [];

  function open(type) {
    const known = trail.indexOf(type);
    trail = known < 0 ? [...trail, type] : trail.slice(0, known + 1);
    search.value = "";
    draw();
    view.scrollTop = 0;
  }

  function draw() {
    if (!schema) return;
    const words = search.value.trim().toLowerCase();
    drawPath(words);
    view.replaceChildren(...(words ? hits(words) : trail.length ? typeView(trail.at(-1)) : rootView()));
  }

  function drawPath(words) {
    const home = link("Schema", () => ((trail = []), (search.value = ""), draw()));
    const steps = words ? [] : trail.map((type) => link(type.name, () => open(type)));
    path.replaceChildren(home, ...steps);
    path.hidden = !words && !trail.length;
  }

  const rootView = () =>
    Object.entries(schema.roots).flatMap(([kind, type]) => [
      make("h3", { textContent: kind }),
      list([...type.fields.values()].map((field) => fieldRow(type, field))),
    ]);

  function typeView(type) {
    const parts = [
      make("h3", {}, type.name, " ", make("small", { textContent: type.kind.toLowerCase().replace("_", " ") })),
    ];
    if (type.description) parts.push(note(type.description));
    parts.push(list([...type.fields.values()].map((field) => fieldRow(type, field))));
    parts.push(list([...type.inputFields.values()].map((input) => inputRow(input))));
    parts.push(list((type.enumValues ?? []).map((value) => row([make("code", { textContent: value.name })], value))));
    parts.push(list((type.possibleTypes ?? []).map(({ name }) => row([typeLink({ name })], {}))));
    return parts.filter((part) => part.tagName !== "UL" || part.children.length);
  }

  function hits(words) {
    const found = [];
    for (const type of schema.types.values()) {
      if (type.name.startsWith("__")) continue;
      if (type.name.toLowerCase().includes(words)) found.push(row([typeLink(type)], type));
      for (const field of type.fields.values()) {
        if (field.name.toLowerCase().includes(words)) found.push(fieldRow(type, field, `${type.name}.`));
      }
      for (const input of type.inputFields.values()) {
        if (input.name.toLowerCase().includes(words)) found.push(inputRow(input, `${type.name}.`));
      }
    }
    return found.length
      ? [list(found.slice(0, MOST_HITS))]
      : [note(`Nothing in the schema is called “${search.value.trim()}”.`)];
  }

  function fieldRow(type, field, owner = "") {
    const insert = make("button", {
      type: "button",
      className: "field",
      title: "Insert into the query",
      textContent: field.name,
    });
    insert.addEventListener("click", () => onInsert(type, field));
    const parts = [owner, insert];
    const args = [...field.args.values()];
    if (args.length) {
      const shown = args.flatMap((arg) => [
        make("span", { className: "argument" }, `${arg.name}: `, typeLink(arg.type), preset(arg)),
      ]);
      parts.push("(", ...shown, ")");
    }
    return row([...parts, ": ", typeLink(field.type)], field);
  }

  const inputRow = (input, owner = "") =>
    row([owner, make("code", { textContent: input.name }), ": ", typeLink(input.type), preset(input)], input);

  const preset = ({ defaultValue }) => (defaultValue == null ? "" : ` = ${defaultValue}`);

  const typeLink = (reference) => link(writeType(reference), () => open(schema.types.get(namedType(reference))));

  search.addEventListener("input", draw);

  return {
    show(next) {
      schema = next;
      trail = [];
      search.disabled = false;
      draw();
    },
    /** Says why there is no schema, and offers to try again. */
    fail(sentence, onRetry) {
      schema = null;
      search.disabled = path.hidden = true;
      view.replaceChildren(note(sentence), link("Try again", onRetry));
    },
  };
}

function link(text, onClick) {
  const button = make("button", { type: "button", className: "link", textContent: text });
  button.addEventListener("click", onClick);
  return button;
}

const note = (text) => make("p", { className: "note", textContent: text });
const list = (rows) => make("ul", {}, ...rows);

function row(parts, { description, isDeprecated, deprecationReason }) {
  const item = make(
    "li",
    { className: isDeprecated ? "deprecated" : "" },
    make("div", { className: "signature" }, ...parts),
  );
  if (description) item.append(note(description));
  if (isDeprecated) item.append(note(`Deprecated: ${deprecationReason ?? "no reason given"}`));
  return item;
}
