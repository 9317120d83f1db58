/** Checks of the crash dump's place: whether the core can write there, and whether there is room. */

import { dirname } from "node:path";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { limitsOf } from "../core/config.ts";
import { coreAtCriticalKib } from "../core/core-at-critical.ts";
import { type DumpProspect, judgeDump, largestPerCore } from "../core/dump-prospect.ts";
import { formatKib } from "../core/units.ts";
import { findCrashDumpTarget, holdTarget } from "../linux/crash-dump-path.ts";
import { type ProbeAnswer, probeDirectory } from "../linux/dump-probe.ts";
import { surveyTarget } from "../linux/dump-survey.ts";
import type { Core } from "../linux/nso.ts";
import { readRssKib } from "../linux/procfs.ts";
import { checkInodes } from "./inodes.ts";
import type { DoctorOptions } from "./options.ts";
import { physicalNow } from "./physical-now.ts";

/** Makes a small file beside the dump and removes it: no other answer of a file system is certain. */
export async function checkCrashDump(core: Core, options: DoctorOptions): Promise<Check[]> {
  const { config, roots } = options;
  const hints = { crashDump: config.nso.crash_dump, runDir: config.nso.run_dir };
  const target = await holdTarget(findCrashDumpTarget(roots.procDir, core, hints));
  try {
    const answers = new Map<string, ProbeAnswer>();
    const survey = () => surveyTarget(roots.procDir, core.pid, target, (directory) => answers.get(directory));
    const { probes, who } = await survey();
    if (who)
      for (const place of probes) answers.set(place.directory, await probeDirectory(place, who).answer);
    const { facts } = await survey();
    const coreKib = coreKibAtCritical(core, options);
    const prospect = judgeDump({ ...facts, ...(coreKib === undefined ? {} : { coreKib }) });
    const reach = probes[0]?.directory;
    const dumpDir = prospect.path === null ? reach : dirname(prospect.path);
    return [
      checkPath(prospect),
      checkRoom(prospect),
      ...(dumpDir === undefined ? [] : await checkInodes("crash dump inodes", dumpDir, reach)),
    ];
  } finally {
    await target.release();
  }
}

function coreKibAtCritical(core: Core, options: DoctorOptions): number | undefined {
  const rssKib = readRssKib(options.roots.procDir, core.pid);
  if (rssKib === undefined) return undefined;
  return coreAtCriticalKib(rssKib, physicalNow(core, options), limitsOf("physical", options.config));
}

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
        `there can be none: ${reasons.join("; ")}`,
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
  const found = `${formatKib(roomKib)} free for about ${formatKib(needKib)} (up to ${largestPerCore} × what the core will hold when memory is critical)`;
  if (roomKib >= needKib) return ok(name, found);
  return warn(
    name,
    found,
    `free some space in ${path ? dirname(path) : "there"}, or let NCS_DUMP name a larger file system`,
  );
}
