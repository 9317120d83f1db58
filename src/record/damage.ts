/** What an error of SQLite means for the history, and how a damaged file is put out of the way. */

import { existsSync, readdirSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describeError, errnoOf } from "../core/errors.ts";

/** `damaged` needs a new file; `busy` passes by itself; everything else is tried again later. */
export type Trouble = "damaged" | "busy" | "unwritable";

/** Source: sqlite.org/rescode.html; bun:sqlite puts the name in `code`. */
export function troubleOf(error: unknown): Trouble {
  const code = errnoOf(error) ?? "";
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code) || /malformed|not a database/.test(describeError(error)))
    return "damaged";
  return /^SQLITE_(BUSY|LOCKED)/.test(code) ? "busy" : "unwritable";
}

/** A failing disk must not fill the directory with damaged files. */
const damagedFilesMax = 10;

/**
 * Renames `path` with its -wal and -shm to `path.damaged-TIME`, never deleting. Returns the new name, or undefined
 * when there are `damagedFilesMax` of them already or the directory refuses.
 */
export function renameDamaged(path: string, nowMs: number): string | undefined {
  const prefix = `${basename(path)}.damaged-`;
  const there = readdirSync(dirname(path)).filter(
    (name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name),
  );
  if (there.length >= damagedFilesMax) return undefined;
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "").replace(".", "-");
  const aside = freeName(`${path}.damaged-${stamp}`);
  renameSync(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let n = 2; existsSync(name); n++) name = `${wanted}-${n}`;
  return name;
}
