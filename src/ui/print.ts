/**
 * Where commands print: the only place with colours and escape codes, and the only one that writes to a terminal. What is
 * no colour of ours leaves as text such as `\x1b`, whoever passed it on.
 */

import { writeSync } from "node:fs";
import { shownJson, shownPage, shownText } from "../core/shown.ts";
import { asciiOf } from "./ascii.ts";
import { isAsciiOnly } from "./environment.ts";
import { codesOf } from "./mark.ts";

/** A page or a line on standard output. */
export function print(page: string): void {
  console.log(rendered(page));
}

/** Lines for programs, such as the journal: they read UTF-8, whatever the locale is. */
export function printLines(text: string): void {
  console.log(shownPage(text));
}

/** What every document for programs has: keys are added to it, never renamed (`nsomem help json`). */
export interface ForPrograms {
  schema: 1;
}

/** A document for programs on standard output; a terminal may show it all the same. */
export function printJson<Document extends ForPrograms>(document: Document): void {
  console.log(shownJson(document, 2));
}

/** What went wrong, on standard error: a few lines of a bounded length. */
export function printError(text: string): void {
  console.error(readable(shownText(text)));
}

/** A line of a terminal's standard error that the next one takes the place of; "" takes it away. */
export function printTransient(line: string): void {
  writeSync(2, `\r\x1b[2K${readable(shownText(line))}`);
}

/** `page` as a terminal may have it: marks of mark.ts as their codes, and nothing else that a terminal obeys. */
export function rendered(page: string): string {
  return codesOf(page, (text) => readable(shownPage(text)));
}

/** By the characters that the terminal has. JSON is for programs, and stays as it is. */
function readable(text: string): string {
  return isAsciiOnly(process.env) ? asciiOf(text) : text;
}
