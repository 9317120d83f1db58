/**
 * A colour is a mark until it is printed: an SGR sequence with a number in it that this process drew at random. Text from
 * outside cannot hold that number, so it cannot colour, wherever in a page it is and whoever forgot to escape it.
 */

/** Drawn for the first colour: most commands have none. */
let own: string | undefined;

/** The mark of an SGR code (ECMA-48, 8.3.117), as wide as the code itself: nothing. */
export function markOf(code: number): string {
  own ??= crypto.getRandomValues(new Uint32Array(2)).join("");
  return `\x1b[${own};${code}m`;
}

/** `text` with its marks as SGR codes, and what `others` makes of all between them. */
export function codesOf(text: string, others: (between: string) => string): string {
  if (own === undefined) return others(text);
  // Split by a form with a group: what is between the marks, and in each second place the code of a mark.
  return text
    .split(new RegExp(`\\x1b\\[${own};(\\d+)m`))
    .map((piece, index) => (index % 2 === 0 ? others(piece) : `\x1b[${piece}m`))
    .join("");
}
