/** Writes a file of the graphs so that it appears whole or not at all. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { describeError, NsomemError } from "../../core/errors.ts";
import { doNow } from "../../linux/file-work.ts";
import { replaceWith, replaceWithPieces } from "../../linux/replace-file.ts";

/** For its owner alone, as its directory. Throws NsomemError DRAW when it cannot be written. */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  writeBelow(path, () => doNow(replaceWith(path, content)));
}

/** The same of a text that is never held as one. */
export function writeInPieces(path: string, pieces: Iterable<string>): void {
  writeBelow(path, () => replaceWithPieces(path, pieces));
}

function writeBelow(path: string, write: () => void): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write();
  } catch (error) {
    throw new NsomemError("DRAW", `cannot write ${path}: ${describeError(error)}`);
  }
}
