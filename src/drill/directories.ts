/** The directories that a rescue writes into. */

import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { formatKib } from "../core/units.ts";
import type { Paths } from "../record/paths.ts";

const freeKibMin = 100 * 1024;

export function directories({ state, incidents, logs, runtime }: Paths): [name: string, dir: string][] {
  return [
    ["state directory", state],
    ["incident directory", incidents],
    ["log directory", logs],
    ["runtime directory", runtime],
  ];
}

/** Writes into the directory, which is made if absent, and asks for the room in it. Throws NsomemError SPACE. */
export function checkDirectory(dir: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  rmSync(mkdtempSync(join(dir, "drill-")), { recursive: true });
  const { bavail, bsize } = statfsSync(dir);
  const freeKib = (bavail * bsize) / 1024;
  if (freeKib < freeKibMin)
    throw new NsomemError(
      "SPACE",
      `${dir} has ${formatKib(freeKib)} left; at least ${formatKib(freeKibMin)} are needed`,
    );
  return `${dir} is writable, ${formatKib(freeKib)} free`;
}
