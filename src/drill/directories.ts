/** The directories that a rescue writes into. */

import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { NsomemError } from "../core/errors.ts";
import { formatKib } from "../core/units.ts";
import type { PlaceOptions } from "../linux/ownership.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import type { Paths } from "../record/paths.ts";

const freeKibMin = 100 * 1024;

export function directories({
  state,
  incidents,
  logs,
  runtime,
}: Paths): [name: string, dir: string, place?: PlaceOptions][] {
  return [
    ["state directory", state],
    ["incident directory", incidents],
    ["log directory", logs, { trustsGroups: true }],
    ["runtime directory", runtime],
  ];
}

/**
 * Writes into the directory, which is made if absent, and asks for the room in it. Throws NsomemError SPACE, and
 * UNTRUSTED for one that is not this user's alone.
 */
export function checkDirectory(dir: string, place: PlaceOptions = {}): string {
  inPrivateDirectory(
    dir,
    (directory) => directory.at("drill-", (way) => rmSync(mkdtempSync(way), { recursive: true })),
    place,
  );
  const { bavail, bsize } = statfsSync(dir);
  const freeKib = (bavail * bsize) / 1024;
  if (freeKib < freeKibMin)
    throw new NsomemError(
      "SPACE",
      `${dir} has ${formatKib(freeKib)} left; at least ${formatKib(freeKibMin)} are needed`,
    );
  return `${dir} is writable, ${formatKib(freeKib)} free`;
}
