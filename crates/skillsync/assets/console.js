// The GraphQL console at /graphiql: wires the editors, the schema, the history and the result pane together.
// Everything is served from here; there is no third-party code, and no markup is ever made from text.

import { attachCompletion } from "./console-completion.js";
import { enclosingType } from "./console-context.js";
import { createEditor } from "./console-editor.js";
import { EXAMPLES } from "./console-examples.js";
import { createExplorer } from "./console-explorer.js";
import { createHistory, withoutSecrets } from "./console-history.js";
import { colourJson, readObject } from "./console-json.js";
import { colourGraphql, operations, prettify } from "./console-language.js";
import { createResult } from "./console-result.js";
import { buildSchema, fieldText, INTROSPECTION } from "./console-schema.js";
import { make } from "./console-text.js";
import { post, subscribe } from "./console-transport.js";

// The session's storage, not the browser's: drafts and the token end with the tab.
const DRAFT = "skillsync.console.draft";
const TOKEN = "skillsync.console.token";

const at = (id) => document.getElementById(id);
let schema = null;
/** Ends what is running now; null when nothing is. */
let stop = null;

const query = createEditor(at("query-editor"), { colour: colourGraphql, onInput: edited });
const variables = createEditor(at("variables-editor"), { colour: colourJson, onInput: edited });
const headers = createEditor(at("headers-editor"), { colour: colourJson, onInput: edited });
const token = at("token");
const result = createResult({ status: at("status"), errors: at("errors"), output: at("output") }, goToLine);
const history = createHistory(at("history"), at("clear-history"), restore);
const explorer = createExplorer(
  { path: at("schema-path"), search: at("schema-search"), view: at("schema") },
  insertField,
);

// The document

function edited() {
  const draft = { query: query.value, variables: variables.value, headers: headers.value };
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  // A link's text must not come back over what was written since.
  if (location.hash.startsWith("#query=")) window.history.replaceState(null, "", location.pathname);
  refresh();
}

/** Brings what depends on the texts up to date: the operation chooser, and the verdict on both JSON editors. */
function refresh() {
  const all = operations(query.value);
  const chosen = at("operation").value;
  at("operation").replaceChildren(...all.map(({ name, kind }) => new Option(name || `unnamed ${kind}`, name)));
  if (all.some(({ name }) => name === chosen)) at("operation").value = chosen;
  at("operation-row").hidden = all.length < 2;
  for (const [editor, id] of [
    [variables, "variables-fault"],
    [headers, "headers-fault"],
  ]) {
    const { fault } = readObject(editor.value);
    at(id).textContent = fault ?? "";
    editor.area.setAttribute("aria-invalid", String(Boolean(fault)));
  }
}

function restore(entry) {
  variables.value = entry.variables ?? "";
  query.replaceAll(entry.query);
  query.moveTo(0);
  refresh();
  if (entry.operationName) at("operation").value = entry.operationName;
}

function goToLine(line) {
  query.moveTo(
    query.value
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length + (line > 1 ? 1 : 0),
  );
}

function tidy() {
  try {
    query.replaceAll(prettify(query.value));
    query.moveTo(0);
    const { value, fault } = readObject(variables.value);
    if (!fault && variables.value.trim()) variables.value = JSON.stringify(value, null, 2);
  } catch (error) {
    result.say(`Prettify: ${error.message}`, "bad");
  }
}

/** Writes a field of the explorer at the cursor, or as an operation of its own where it does not fit. */
function insertField(parent, field) {
  const { selectionStart: start, selectionEnd: end } = query.area;
  const made = fieldText(schema, parent, field, enclosingType(query.value, start, schema));
  if (!made) return result.say(`No way of plain fields leads from the roots to ${parent.name}.`, "bad");
  const pretty = (text) => prettify(text).trimEnd();
  if (made.whole) {
    const before = query.value.trimEnd();
    query.replaceRange(before.length, query.value.length, `${before && "\n\n"}${pretty(made.text)}\n`);
    return;
  }
  const lineStart = query.value.lastIndexOf("\n", start - 1) + 1;
  const line = query.value.slice(lineStart, start);
  const outer = `\n${line.match(/^ */)[0]}`;
  const inner = outer + (line.trim() ? "  " : "");
  const followed = query.value.slice(end).split("\n", 1)[0].trim();
  // The printer knows whole selections only: print one, then take its braces off.
  const lines = pretty(`{ ${made.text} }`)
    .split("\n")
    .slice(1, -1)
    .map((text) => text.slice(2));
  query.replaceRange(start, end, (line.trim() ? inner : "") + lines.join(inner) + (followed ? outer : ""));
}

// Running

/** @param {number} [caret] runs the operation there instead of the chosen one */
async function run(caret) {
  if (stop) return;
  const all = operations(query.value);
  const here = all.find(({ start, end }) => start <= caret && caret <= end);
  if (here) at("operation").value = here.name;
  const operation = here ?? all.find(({ name }) => name === at("operation").value) ?? all[0];
  const input = readInputs();
  if (!input) return;

  const request = { query: query.value, variables: input.variables };
  if (operation?.name) request.operationName = operation.name;
  history.add({ query: query.value, variables: variables.value, operationName: operation?.name ?? "" });
  at("use-token").hidden = true;
  result.clear();
  if (operation?.kind === "subscription") listen(request, input.headers);
  else await ask(request, input.headers);
}

/** The variables and headers, or null after the person was led to the fault. */
function readInputs() {
  const read = { variables: readObject(variables.value), headers: readObject(headers.value) };
  for (const [name, editor] of [
    ["variables", variables],
    ["headers", headers],
  ]) {
    if (!read[name].fault) continue;
    at(`${name}-tab`).click();
    editor.moveTo(read[name].offset);
    result.say(`Not sent: mend the ${name} first. ${read[name].fault}`, "bad");
    return null;
  }
  return { variables: read.variables.value, headers: allHeaders(read.headers.value) };
}

function allHeaders(own = readObject(headers.value).value ?? {}) {
  const bearer = token.value.trim().replace(/^Bearer\s+/i, "");
  return { ...(bearer && { Authorization: `Bearer ${bearer}` }), ...own };
}

async function ask(request, sent) {
  const abort = new AbortController();
  begin(() => abort.abort(), "Waiting for the reply…");
  try {
    const reply = await post(request, sent, abort.signal);
    result.showReply(reply);
    offerToken(reply.body);
  } catch (error) {
    const stopped = "Stopped. The server may still finish the work.";
    result.say(abort.signal.aborted ? stopped : `Not sent or no reply: ${error.message}.`, "bad");
  }
  finish();
}

function listen(request, sent) {
  let started = performance.now();
  const end = subscribe(request, sent, {
    onOpen() {
      started = performance.now();
      result.say("Subscribed, waiting for the first event…", "good");
    },
    onNext(payload) {
      result.showEvent(payload, performance.now() - started);
      result.say(`Subscribed · ${count()}`, "good");
    },
    onEnd(sentence, errors) {
      result.showErrors(errors);
      result.say(`${sentence} ${count()}`, errors.length ? "bad" : "");
      finish();
    },
  });
  begin(end, "Connecting…");
}

const count = () => `${result.events} event${result.events === 1 ? "" : "s"}`;

function begin(end, sentence) {
  stop = end;
  at("run").textContent = "Stop";
  result.say(sentence);
  // Where the panes are stacked, the result may be below the fold. The style sheet says whether to glide.
  at("result").scrollIntoView({ block: "start" });
}

function finish() {
  stop = null;
  at("run").textContent = "Run";
}

/** After a sign-in the token is one click away from the headers. */
function offerToken(body) {
  const found = Object.values(body?.data?.auth ?? {}).find((reply) => typeof reply?.token === "string")?.token;
  at("use-token").hidden = !found;
  at("use-token").onclick = () => {
    token.value = found;
    token.dispatchEvent(new Event("change"));
    at("use-token").hidden = true;
    result.say("The token is sent with every request of this tab from now on.", "good");
  };
}

// The schema

async function loadSchema() {
  try {
    const { body, status } = await post({ query: INTROSPECTION }, allHeaders());
    if (!body?.data?.__schema) throw new Error(body?.errors?.[0]?.message ?? `the server answered ${status}`);
    schema = buildSchema(body.data);
    explorer.show(schema);
  } catch (error) {
    schema = null;
    const reason = error.message.replace(/\.$/, "");
    const effect = "Requests still run; only completion and this view are off.";
    explorer.fail(`The schema could not be read: ${reason}. ${effect}`, loadSchema);
  }
}

// Links, menus, keys

async function share() {
  const { fault } = readObject(variables.value);
  const safe = withoutSecrets({ query: query.value, variables: fault ? "" : variables.value });
  const entries = Object.entries({ ...safe, operation: at("operation").value });
  const parts = new URLSearchParams(entries.filter(([, text]) => text));
  window.history.replaceState(null, "", `#${parts}`);
  let place = "copied";
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    place = "in the address bar";
  }
  result.say(`The link is ${place}. It holds the query and variables, no headers and no secrets.`, "good");
}

function loadLink() {
  if (!location.hash.startsWith("#query=")) return false;
  const parts = new URLSearchParams(location.hash.slice(1));
  query.value = parts.get("query") ?? "";
  variables.value = parts.get("variables") ?? "";
  refresh();
  if (parts.get("operation")) at("operation").value = parts.get("operation");
  return true;
}

function loadDraft() {
  let draft = {};
  try {
    draft = JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    // A damaged draft is no draft.
  }
  query.value = draft.query ?? EXAMPLES[0].query;
  variables.value = draft.variables ?? "";
  headers.value = draft.headers ?? "";
  loadLink();
  refresh();
}

function fillExamples() {
  const menu = at("examples-menu");
  const rows = EXAMPLES.map((example) => {
    const button = make("button", { type: "button", textContent: example.name });
    button.addEventListener("click", () => {
      menu.open = false;
      restore(example);
    });
    return make("li", {}, button);
  });
  at("examples").replaceChildren(...rows);
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", ({ target }) => menu.contains(target) || (menu.open = false));
}

/** Tabs after the ARIA pattern: one stop for the Tab key, arrows move within. */
function wireTabs(tablist) {
  const tabs = [...tablist.querySelectorAll("[role=tab]")];
  const select = (chosen) =>
    tabs.forEach((tab) => {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      at(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    });
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
  });
  select(tabs[0]);
}

document.querySelectorAll("[role=tablist]").forEach(wireTabs);
at("run").addEventListener("click", () => (stop ? stop() : run()));
at("prettify").addEventListener("click", tidy);
at("share").addEventListener("click", share);
addEventListener("hashchange", loadLink);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run(event.target === query.area ? query.area.selectionStart : undefined);
});
token.value = sessionStorage.getItem(TOKEN) ?? "";
token.addEventListener("change", () => {
  sessionStorage.setItem(TOKEN, token.value.trim());
  loadSchema();
});

attachCompletion(query, () => schema);
fillExamples();
loadDraft();
loadSchema();
