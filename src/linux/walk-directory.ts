/** The regular files below a directory: no link is followed, so there is no loop and nothing from elsewhere. */

import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { kindOf } from "./file-kind.ts";

export interface Walked {
  /** Relative to the directory, in the order of their names. */
  files: string[];
  /** What else is there, each with what it is. */
  leftOut: { name: string; why: string }[];
}

const entriesMax = 10_000;
const depthMax = 32;

/** Throws what readdir(3) refuses of the directory itself; one below it that cannot be read is left out. */
export function walkDirectory(directory: string): Walked {
  const walked: Walked = { files: [], leftOut: [] };
  let entries = 0;
  visit("", 0, readdirSync(directory, { withFileTypes: true }));
  walked.files.sort();
  return walked;

  function visit(below: string, depth: number, found: readonly Dirent[]): void {
    for (const entry of found) {
      const name = join(below, entry.name);
      if (++entries > entriesMax) {
        walked.leftOut.push({ name: below || ".", why: `more than ${entriesMax} entries: the rest of it` });
        return;
      }
      const what = knownKind(entry, join(directory, name));
      if (what.isFile()) walked.files.push(name);
      else if (!what.isDirectory())
        walked.leftOut.push({ name, why: `${kindOf(what)}: not followed, not opened` });
      else if (depth >= depthMax)
        walked.leftOut.push({ name, why: `more than ${depthMax} directories deep` });
      else descend(name, depth + 1);
    }
  }

  function descend(name: string, depth: number): void {
    try {
      visit(name, depth, readdirSync(join(directory, name), { withFileTypes: true }));
    } catch (error) {
      walked.leftOut.push({ name, why: String(error) });
    }
  }
}

/** Some file systems do not say in the directory what an entry is. */
function knownKind(entry: Dirent, path: string): Dirent | (ReturnType<typeof lstatSync> & object) {
  const isKnown =
    entry.isFile() || entry.isDirectory() || entry.isSymbolicLink() || kindOf(entry) !== "of an unknown kind";
  return isKnown ? entry : (lstatSync(path, { throwIfNoEntry: false }) ?? entry);
}
