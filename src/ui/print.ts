/**
 * Where commands print: the only place with colours and escape codes, and the only one that writes to a terminal. What is
 * no colour of ours leaves as text such as `\x1b`, whoever passed it on.
 */

import { writeSync } from "node:fs";
import { shownJson, shownPage, shownText } from "../core/shown.ts";
import { codesOf } from "./mark.ts";

/** A page or a line on standard output. */
export function print(page: string): void {
  console.log(rendered(page));
}

/** A document for programs on standard output; a terminal may show it all the same. */
export function printJson(document: unknown): void {
  console.log(shownJson(document, 2));
}

/** What went wrong, on standard error: a few lines of a bounded length. */
export function printError(text: string): void {
  console.error(shownText(text));
}

/** A line of a terminal's standard error that the next one takes the place of; "" takes it away. */
export function printTransient(line: string): void {
  writeSync(2, `\r\x1b[2K${shownText(line)}`);
}

/** `page` as a terminal may have it: marks of mark.ts as their codes, and nothing else that a terminal obeys. */
export function rendered(page: string): string {
  return codesOf(page, shownPage);
}
