/** Sentences as lines of a terminal, with a word before them. */

import type { Terminal } from "./terminal.ts";

/** Of the words that stand before rows. */
export const labelWidth = 11;

/** `label`, and beside it a sentence in as many lines as it needs. */
export function sentence(label: string, text: string, { wrapColumns }: Terminal): string[] {
  return besides(label, labelWidth, wrapped(text, wrapColumns - labelWidth));
}

/**
 * `text` in lines of at most `columns` cells, broken at its spaces; a word that is longer than a line begins one of its
 * own, and is broken where that ends. Without colours: a line is painted afterwards.
 */
export function wrapped(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  return text.split("\n").flatMap((paragraph) => {
    if (Bun.stringWidth(paragraph) <= width) return [paragraph];
    const lines: string[] = [];
    for (const word of paragraph.split(" ")) {
      const line = lines.at(-1);
      if (line !== undefined && Bun.stringWidth(`${line} ${word}`) <= width)
        lines[lines.length - 1] = `${line} ${word}`;
      else lines.push(...Bun.wrapAnsi(word, width, { hard: true }).split("\n"));
    }
    return lines;
  });
}

/** The first cells of `text`, with "…" where some were left out: its end where that tells more, as of a path. */
export function cutTo(text: string, columns: number, { keepEnd = false } = {}): string {
  if (Bun.stringWidth(text) <= columns) return text;
  const characters = keepEnd ? [...text].reverse() : [...text];
  let kept = "";
  for (const character of characters) {
    const longer = keepEnd ? `${character}${kept}` : `${kept}${character}`;
    if (Bun.stringWidth(longer) > columns - 1) break;
    kept = longer;
  }
  return keepEnd ? `…${kept}` : `${kept}…`;
}

/** `label` once, and the lines beside it. */
export function besides(label: string, width: number, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : "").padEnd(width)}${line}`.trimEnd());
}

/** A command to be pasted: broken before an option, with a backslash, so that it stays one command. */
export function commandLines(command: string, columns: number): string[] {
  if (command.length <= columns) return [command];
  // An option with a value begins a line; what has none stays with the words before it.
  const [first = "", ...more] = command.split(/ (?=--\w+ [^-])/);
  return [first, ...more].map((part, index) => {
    const end = index < more.length ? " \\" : "";
    return `${index === 0 ? "" : "  "}${part}${end}`;
  });
}
