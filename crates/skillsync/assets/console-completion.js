// The list of suggestions under the cursor. The focus stays in the textarea; `aria-activedescendant` tells a screen
// reader which entry is chosen.

import { suggest } from "./console-context.js";
import { make } from "./console-text.js";

const LIST_ID = "completion-list";

/** Gives `editor` a completion popup. `getSchema` returns null for as long as there is no schema. */
export function attachCompletion(editor, getSchema) {
  const { area } = editor;
  const list = make("ul", { id: LIST_ID, role: "listbox", ariaLabel: "Suggestions" });
  const note = make("p", { className: "completion-note" });
  const popup = make("div", { className: "completion", hidden: true }, list, note);
  document.body.append(popup);
  for (const [name, value] of [
    ["autocomplete", "list"],
    ["controls", LIST_ID],
    ["haspopup", "listbox"],
  ]) {
    area.setAttribute(`aria-${name}`, value);
  }

  let found = null;
  let chosen = 0;

  function close() {
    found = null;
    popup.hidden = true;
    area.removeAttribute("aria-activedescendant");
  }

  /** @param asked whether the person asked for it; while typing, an empty or finished word opens nothing. */
  function open(asked) {
    const schema = getSchema();
    found =
      schema && area.selectionStart === area.selectionEnd ? suggest(area.value, area.selectionStart, schema) : null;
    const useless = found && !asked && (!found.prefix || found.items.every(({ label }) => label === found.prefix));
    if (!found || useless) return close();
    list.replaceChildren(...found.items.map(option));
    popup.hidden = false;
    choose(0);
    place();
  }

  function option({ label, detail, deprecated }, index) {
    const row = make("li", { id: `${LIST_ID}-${index}`, role: "option", className: deprecated ? "deprecated" : "" });
    row.append(make("span", { textContent: label }), make("span", { className: "detail", textContent: detail }));
    // mousedown, not click: a click would take the focus from the textarea first and close the list.
    row.addEventListener("mousedown", (event) => {
      event.preventDefault();
      accept(index);
    });
    return row;
  }

  function choose(index) {
    const rows = list.children;
    rows[chosen]?.removeAttribute("aria-selected");
    chosen = (index + rows.length) % rows.length;
    rows[chosen].setAttribute("aria-selected", "true");
    rows[chosen].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", rows[chosen].id);
    note.textContent = found.items[chosen].note;
    note.hidden = !note.textContent;
  }

  function accept(index) {
    const { from, to, items } = found;
    close();
    editor.replaceRange(from, to, items[index].insert);
  }

  /** Under the word, or above it where there is no room below; never past the edge of the window. */
  function place() {
    const { left, top, bottom } = editor.rectangleAt(found.from);
    const { offsetWidth: width, offsetHeight: height } = popup;
    const below = bottom + 4 + height <= innerHeight || top < height;
    popup.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    popup.style.top = `${below ? bottom + 4 : top - height - 4}px`;
  }

  const host = area.closest(".editor");
  // In the capture phase, so that Enter and Tab come here before they reach the editor.
  host.addEventListener(
    "keydown",
    (event) => {
      if (event.key === " " && (event.ctrlKey || event.altKey)) {
        event.preventDefault();
        return open(true);
      }
      if (!found || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) return close();
      const finished = found.items[chosen].label === found.prefix;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen - 1);
      else if (event.key === "Escape") close();
      else if ((event.key === "Enter" || event.key === "Tab") && !finished) accept(chosen);
      else return;
      event.preventDefault();
    },
    true,
  );
  area.addEventListener("input", (event) => {
    const typed = event.inputType?.startsWith("insert") || (found && event.inputType?.startsWith("delete"));
    if (typed && !editor.isWriting) open(false);
    else close();
  });
  area.addEventListener("keyup", ({ key }) => ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key) && close());
  for (const name of ["blur", "pointerdown"]) area.addEventListener(name, close);
  addEventListener("resize", close);
  // Typing at the edge scrolls the editor: the list goes along. Scroll events do not bubble, hence the capture.
  addEventListener("scroll", () => found && place(), true);
}
