/** A file as it was left at some time. */

import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes `name` below `dir` with the time `atMs`, and returns its path. */
export function writeDated(dir: string, name: string, text: string, atMs: number): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  utimesSync(path, new Date(atMs), new Date(atMs));
  return path;
}
