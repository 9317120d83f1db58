/** Blocks of the help as a man page, in the macros of man(7) that every troff knows. */

import type { Block, Definition } from "./document.ts";

export interface ManSection {
  title: string;
  blocks: readonly Block[];
  /** Sections within it. */
  parts?: readonly { title: string; blocks: readonly Block[] }[];
}

/** `about`: name, section, date, source and manual, as TH has them. */
export function manPage(about: readonly string[], sections: readonly ManSection[]): string {
  const lines = [
    `.TH ${about.map(quoted).join(" ")}`,
    // Neither are words broken at the end of a line, nor spaces put between them: what is there can be copied.
    ".nh",
    ".ad l",
    ...sections.flatMap(({ title, blocks, parts = [] }) => [
      `.SH ${quoted(title.toUpperCase())}`,
      ...blocks.flatMap(blockLines),
      ...parts.flatMap((part) => [`.SS ${quoted(part.title)}`, ...part.blocks.flatMap(blockLines)]),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function blockLines(block: Block): string[] {
  if ("heading" in block) return [".PP", `.B ${quoted(block.heading)}`];
  if ("paragraph" in block) return [".PP", textLine(block.paragraph)];
  if ("list" in block) return block.list.flatMap((item) => [".IP \\(bu 2", textLine(item)]);
  if ("literal" in block)
    return [".PP", ".RS 4", ".nf", ...block.literal.split("\n").map(literalLine), ".fi", ".RE"];
  return block.definitions.flatMap(definitionLines);
}

function definitionLines([term, text]: Definition): string[] {
  return [".TP", `\\fB${escaped(term.replaceAll("`", "")) || "\\&"}\\fR`, textLine(text) || "\\&"];
}

/** A line of running text; what is to be typed is bold. */
function textLine(text: string): string {
  const marked = text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? escaped(part) : `\\fB${escaped(part)}\\fR`))
    .join("");
  return guarded(marked);
}

function literalLine(line: string): string {
  return guarded(escaped(line));
}

/** A line that begins with a dot or an apostrophe would be a request. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** As it is: groff makes typographic signs of these, and a command with such a dash cannot be pasted. */
function escaped(text: string): string {
  const signs: Record<string, string> = {
    "\\": "\\(rs",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
  };
  return text.replace(/[\\\-'`^~]/g, (sign) => signs[sign] ?? sign);
}

/** One argument of a macro. */
function quoted(text: string): string {
  return `"${escaped(text.replaceAll("`", "")).replaceAll('"', "\\(dq")}"`;
}
