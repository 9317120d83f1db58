/** Text from outside in a Markdown document: shown as it is, whatever Markdown or HTML it looks like. */

import { shown } from "../core/shown.ts";

/** A sentence with several paths in it. */
const lengthMax = 2000;

/**
 * One line in which nothing is a link, an image, HTML, code, emphasis or a table. An underscore within a word is no
 * emphasis (CommonMark 6.2) and stays, so that paths can still be copied; `\x1b` needs no second backslash (2.4).
 */
export function markdownText(text: string): string {
  return shown(text, lengthMax).replace(active, (character) => entities[character] ?? `\\${character}`);
}

/** A backslash counts before punctuation, which it would escape, and at the end, where ours follows. */
const active = /[`*[\]<>|~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|\\(?=[!-/:-@[-`{-~]|$)/g;

/** Not by a backslash: what reads Markdown loosely would take the rest for HTML. */
const entities: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };
