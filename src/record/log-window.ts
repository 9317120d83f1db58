/** The lines of a rotated log between two times, read piece by piece. */

import { closeSync, existsSync } from "node:fs";
import { timeOfEntry } from "../core/log-line.ts";
import { shownPage } from "../core/shown.ts";
import { fileLines } from "../linux/file-lines.ts";
import { openRegular } from "../linux/regular-file.ts";

export interface LogWindow {
  sinceMs: number;
  untilMs: number;
}

/** A line of agent.log may quote a whole message. */
const lengthMax = 256 * 1024;
/** rotating-log.ts keeps at most this many full files beside the current one. */
const keptMax = 9;

/** Oldest first, each with its newline and safe to be shown: older versions wrote what they were told as it came. A line without a time of its own goes with the one before it. */
export function* logLines(path: string, { sinceMs, untilMs }: LogWindow): Generator<string> {
  const numbers = Array.from({ length: keptMax }, (_, index) => keptMax - index);
  const files = [...numbers.map((number) => `${path}.${number}`), path].filter((file) => existsSync(file));
  let inside = false;
  for (const file of files) {
    for (const line of linesOf(file)) {
      const atMs = timeOfEntry(line);
      if (atMs !== undefined) inside = atMs >= sinceMs && atMs < untilMs;
      if (inside) yield `${shownPage(line)}\n`;
    }
  }
}

/** Nothing of what is no log of this user's. */
function* linesOf(path: string): Generator<string> {
  const file = openOwn(path);
  if (!file) return;
  try {
    yield* fileLines(file.descriptor, { lengthMax });
  } finally {
    closeSync(file.descriptor);
  }
}

function openOwn(path: string) {
  try {
    return openRegular(path, { of: "own" });
  } catch {
    return undefined;
  }
}
