// The requests that were run, kept in this browser. Secrets never get in: history outlives the tab, and a shared
// link outlives even that.

import { make } from "./console-text.js";

const KEY = "skillsync.console.history";
const LIMIT = 50;
const SECRET = /password|token|secret/i;
/** An argument, or a variable's default, with its string: `password: "…"`, `$token: String! = "…"`. */
const SECRET_ARGUMENT =
  /(\w*(?:password|token|secret)\w*\s*:\s*(?:\w+!?\s*=\s*)?)(?:"""[^]*?"""|"(?:\\.|[^"\\\n])*")/gi;

/** The request without the values of passwords, tokens and secrets, in the document and in the variables. */
export function withoutSecrets({ query, variables, ...rest }) {
  const blank = (key, value) => (SECRET.test(key) && typeof value === "string" ? "" : value);
  return {
    ...rest,
    query: query.replace(SECRET_ARGUMENT, '$1""'),
    variables: SECRET.test(variables) ? JSON.stringify(JSON.parse(variables, blank), null, 2) : variables,
  };
}

/** Shows the history in `list`; `onRestore` gets the entry that was clicked. */
export function createHistory(list, clearButton, onRestore) {
  let entries = load();

  function change(next) {
    entries = next.slice(0, LIMIT);
    try {
      localStorage.setItem(KEY, JSON.stringify(entries));
    } catch {
      // A full or forbidden storage costs the history of later visits, nothing else.
    }
    draw();
  }

  function draw() {
    clearButton.hidden = entries.length === 0;
    const rows = entries.map((entry) => row(entry));
    list.replaceChildren(
      ...(rows.length ? rows : [make("li", { className: "note", textContent: "Nothing was run yet." })]),
    );
  }

  function row(entry) {
    const title = describe(entry);
    const restore = make("button", { type: "button", className: "entry", textContent: title });
    restore.append(make("time", { textContent: new Date(entry.at).toLocaleString(), dateTime: entry.at }));
    restore.addEventListener("click", () => onRestore(entry));
    const remove = make("button", {
      type: "button",
      className: "quiet",
      ariaLabel: `Delete ${title}`,
      textContent: "×",
    });
    remove.addEventListener("click", () => {
      const next = list.children[entries.indexOf(entry) + 1] ? entries.indexOf(entry) : entries.length - 2;
      change(entries.filter((other) => other !== entry));
      (list.children[next]?.querySelector(".quiet") ?? list).focus();
    });
    return make("li", {}, restore, remove);
  }

  clearButton.addEventListener("click", () => confirm("Delete the whole history?") && change([]));
  draw();

  return {
    /** Puts a request on top; the same request further down goes. */
    add(request) {
      const entry = { ...withoutSecrets(request), at: new Date().toISOString() };
      const same = (other) => ["query", "variables", "operationName"].every((key) => other[key] === entry[key]);
      change([entry, ...entries.filter((other) => !same(other))]);
    },
  };
}

const describe = ({ operationName, query }) =>
  operationName ||
  query
    .replace(/#.*|\s+/g, " ")
    .trim()
    .slice(0, 70);

function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];
  }
}
