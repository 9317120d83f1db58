/** Writes a file of the graphs so that it appears whole or not at all. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeError, NsomemError } from "../../core/errors.ts";

/** For its owner alone, as its directory. Throws NsomemError DRAW when it cannot be written. */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(partial, content, { mode: 0o600 });
    renameSync(partial, path);
  } catch (error) {
    throw new NsomemError("DRAW", `cannot write ${path}: ${describeError(error)}`);
  }
}
