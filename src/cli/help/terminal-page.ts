/** Blocks of the help as lines of a terminal: no line is longer than it, and no word is broken. */

import type { Colours } from "../../ui/colour.ts";
import type { Block, Definition } from "./document.ts";

/** What help takes at most, however wide the terminal is: longer lines are hard to read. */
export const columnsMax = 80;

/** A term up to this long has its text beside it, a longer one below. */
const termMax = 26;
const indent = "  ";

export interface PageLook {
  columns: number;
  colour: Colours;
}

export function terminalPage(blocks: readonly Block[], { columns, colour }: PageLook): string {
  const width = Math.min(columns, columnsMax);
  const lines = blocks.flatMap((block, index) => {
    // A heading stands right above what it is of.
    const apart = index === 0 || "heading" in (blocks[index - 1] ?? {}) ? [] : [""];
    if ("heading" in block) return [...apart, colour.bold(plain(block.heading))];
    if ("paragraph" in block) return [...apart, ...wrapped(block.paragraph, width)];
    if ("literal" in block)
      return [...apart, ...block.literal.split("\n").map((line) => `${indent}${line}`.trimEnd())];
    if ("list" in block) return [...apart, ...block.list.flatMap((item) => itemLines(item, width))];
    return [...apart, ...definitionLines(block.definitions, width)];
  });
  return lines.join("\n");
}

/** Two columns: the terms as wide as the longest that is not too long, and their texts. */
export function definitionLines(definitions: readonly Definition[], width: number): string[] {
  const terms = definitions.map(([term]) => plain(term));
  const termWidth = Math.max(...terms.filter((term) => term.length <= termMax).map((term) => term.length), 4);
  const left = indent.length + termWidth + 2;
  return definitions.flatMap(([, text], row) => {
    const term = terms[row] ?? "";
    const [first = "", ...rest] = wrapped(text, width - left).map((line) => line.trimEnd());
    const below = rest.map((line) => `${" ".repeat(left)}${line}`);
    if (term.length <= termWidth) return [`${indent}${term.padEnd(termWidth)}  ${first}`.trimEnd(), ...below];
    return [
      ...wrapped(term, width - 2).map((line) => `${indent}${line}`),
      `${" ".repeat(left)}${first}`,
      ...below,
    ];
  });
}

function itemLines(item: string, width: number): string[] {
  return wrapped(item, width - 4).map((line, index) => `${index === 0 ? "  - " : "    "}${line}`);
}

function wrapped(text: string, width: number): string[] {
  return Bun.wrapAnsi(plain(text), width).split("\n");
}

/** Without the marks of what is to be typed. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}
