/** Checks of the crash dump's place: whether the core can write there, and whether there is room. */

import { dirname } from "node:path";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { type DumpProspect, largestPerRss } from "../core/dump-prospect.ts";
import { formatKib } from "../core/units.ts";

export function checkPath({ outlook, path, reasons }: DumpProspect): Check {
  const name = "crash dump path";
  const place = path ?? "unknown";
  switch (outlook) {
    case "good":
      return ok(name, place);
    case "doubtful":
      return warn(
        name,
        `${place}: ${reasons.join("; ")}`,
        "mend what is named here, and restart NSO for its environment",
      );
    case "hopeless":
      return fail(
        name,
        reasons.join("; "),
        "make the directory writable with room in it, or set NCS_DUMP and restart NSO",
      );
  }
}

export function checkRoom({ path, roomKib, needKib }: DumpProspect): Check {
  const name = "crash dump room";
  if (roomKib === null || needKib === null)
    return warn(
      name,
      "not known: the place or the RSS cannot be read",
      'set [nso] crash_dump = "/path/file"',
    );
  const found = `${formatKib(roomKib)} free for at most ${formatKib(needKib)} (${largestPerRss} × RSS)`;
  if (roomKib >= needKib) return ok(name, found);
  return warn(
    name,
    found,
    `free some space in ${path ? dirname(path) : "there"}, or let NCS_DUMP name a larger file system`,
  );
}
