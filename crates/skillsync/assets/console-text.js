// What the editors and the result pane share: cutting text into tokens, building elements, painting colours.

/** One global pattern out of several: at each place the first that fits wins. */
export const anyOf = (...patterns) => new RegExp(patterns.map(({ source }) => source).join("|"), "g");

/**
 * Cuts `text` by a global pattern whose alternatives are named groups; the name becomes the token's kind.
 * Text that no alternative matches (white space) belongs to no token.
 * @returns {{kind: string, text: string, start: number, end: number}[]}
 */
export function scan(text, pattern) {
  return Array.from(text.matchAll(pattern), (match) => ({
    kind: Object.keys(match.groups).find((name) => match.groups[name] !== undefined),
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The line, counted from 1, on which `offset` lies. */
export function lineAt(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

/** Makes an element. Properties are set, not attributes, so nothing here is ever parsed as markup. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Shows `text` in `target`, each token in a span whose class is its kind. */
export function paint(target, text, tokens) {
  const pieces = [];
  let done = 0;
  for (const token of tokens) {
    if (token.start > done) pieces.push(text.slice(done, token.start));
    pieces.push(make("span", { className: `t-${token.kind}`, textContent: token.text }));
    done = token.end;
  }
  target.replaceChildren(...pieces, text.slice(done));
}
