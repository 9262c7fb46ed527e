// A code editor out of a plain textarea: line numbers and colours lie underneath, so that typing, undo, selection,
// screen readers and phones' keyboards stay the browser's own.

import { make, paint } from "./console-text.js";

const INDENT = "  ";

/**
 * Builds an editor into `host`, an element that holds one textarea.
 * The coloured copy sets the size, the textarea covers it, and `host` scrolls both: they cannot drift apart.
 * @param {{colour: (text: string) => object[], onInput?: () => void}} options
 */
export function createEditor(host, { colour, onInput = () => {} }) {
  const area = host.querySelector("textarea");
  const gutter = make("div", { className: "gutter", ariaHidden: "true" });
  const copy = make("pre", { className: "copy", ariaHidden: "true" });
  host.prepend(gutter, copy);
  let writing = false;

  function redraw() {
    paint(copy, area.value, colour(area.value));
    copy.append("\n");
    gutter.textContent = Array.from({ length: area.value.split("\n").length }, (_, line) => line + 1).join("\n");
  }

  /** `execCommand` is deprecated, but nothing else writes into the undo history. */
  function replaceRange(start, end, text) {
    writing = true;
    area.focus();
    area.setSelectionRange(start, end);
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    writing = false;
  }

  area.addEventListener("input", () => {
    redraw();
    onInput();
  });
  handleKeys(area, replaceRange);

  return {
    area,
    replaceRange,
    get value() {
      return area.value;
    },
    /** Sets the text from outside; unlike `replaceAll` it takes neither the focus nor an undo step. */
    set value(text) {
      area.value = text;
      redraw();
    },
    /** True while the page itself writes: what then arrives as input was not typed. */
    get isWriting() {
      return writing;
    },
    replaceAll: (text) => replaceRange(0, area.value.length, text),
    moveTo(offset) {
      area.focus();
      area.setSelectionRange(offset, offset);
    },
    /** Where the character at `offset` stands on the screen, measured on the coloured copy. */
    rectangleAt: (offset) => measure(copy, offset),
  };
}

function measure(copy, offset) {
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  let left = offset;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (left < node.length) {
      const range = document.createRange();
      range.setStart(node, left);
      range.setEnd(node, left + 1);
      return range.getClientRects()[0] ?? copy.getBoundingClientRect();
    }
    left -= node.length;
  }
  return copy.getBoundingClientRect();
}

/** Tab indents and Enter keeps the indentation. After Escape, Tab leaves the editor: nobody is trapped. */
function handleKeys(area, replaceRange) {
  let tabLeaves = false;
  area.addEventListener("blur", () => (tabLeaves = false));
  area.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Tab" && !tabLeaves && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      indent(area, replaceRange, event.shiftKey);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      breakLine(area, replaceRange);
    }
    if (event.key !== "Shift") tabLeaves = event.key === "Escape";
  });
}

function indent(area, replaceRange, outwards) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  if (!outwards && start === end) return replaceRange(start, end, INDENT);
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const block = value.slice(from, end);
  const shifted = outwards ? block.replace(/^ {1,2}/gm, "") : block.replace(/^(?=.)/gm, INDENT);
  if (shifted === block) return;
  replaceRange(from, end, shifted);
  const moved = shifted.length - block.length;
  if (start === end) area.setSelectionRange(Math.max(from, start + moved), Math.max(from, start + moved));
  else area.setSelectionRange(from, end + moved);
}

function breakLine(area, replaceRange) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
  const current = line.match(/^ */)[0];
  const opens = /[{([]\s*$/.test(line);
  const closes = opens && /^[ ]*[})\]]/.test(value.slice(end));
  const before = `\n${current}${opens ? INDENT : ""}`;
  replaceRange(start, end, closes ? `${before}\n${current}` : before);
  area.setSelectionRange(start + before.length, start + before.length);
}
