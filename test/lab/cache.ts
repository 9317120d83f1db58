/** Parts that are compiled once and kept under .cache/lab, named by what they were made from. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const cacheDir = join(import.meta.dir, "../../.cache/lab");

/**
 * The directory that `make` filled from `sources` (files of the lab), filling it when that has not happened yet.
 * Made beside and renamed into place, so that two test processes may do it at once.
 */
export function cached(name: string, sources: readonly string[], make: (dir: string) => void): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const source of sources) hash.update(readFileSync(source));
  const dir = join(cacheDir, `${name}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(dir)) return dir;
  mkdirSync(cacheDir, { recursive: true });
  const partial = mkdtempSync(join(cacheDir, `${name}.`));
  try {
    make(partial);
    if (!existsSync(dir)) renameSync(partial, dir);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return dir;
}

/** Runs a compiler to its end. Throws with what it printed. */
export function compile(command: [string, ...string[]], cwd?: string): void {
  const result = Bun.spawnSync(command, {
    ...(cwd === undefined ? {} : { cwd }),
    stderr: "pipe",
    stdout: "pipe",
  });
  if (!result.success) throw new Error(`${command.join(" ")}: ${result.stderr.toString()}${result.stdout}`);
}

/** The path of a file of the lab. */
export function labFile(name: string): string {
  return join(import.meta.dir, name);
}
