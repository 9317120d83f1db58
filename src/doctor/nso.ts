/** Checks of the core itself: permissions, the crash dump's place, flags, limits, NSO's own memory-management. */

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type Check, fail, ok, warn } from "../core/check.ts";
import type { Config } from "../core/config.ts";
import { type DumpProspect, judgeDump } from "../core/dump-prospect.ts";
import { errnoOf } from "../core/errors.ts";
import { type MemorySection, memorySectionFor } from "../core/ncs-conf.ts";
import { breakFlagOf } from "../core/nso.ts";
import { formatKib } from "../core/units.ts";
import { findCrashDumpTarget, surveyTarget } from "../linux/crash-dump-path.ts";
import { readMemorySection } from "../linux/ncs-conf.ts";
import type { Core } from "../linux/nso.ts";
import { readEnviron, readOptional } from "../linux/procfs.ts";
import type { DoctorOptions } from "./options.ts";

export async function checkCore(core: Core, { config, roots, paths }: DoctorOptions): Promise<Check[]> {
  const { procDir } = roots;
  const hints = { crashDump: config.nso.crash_dump, runDir: config.nso.run_dir };
  const target = findCrashDumpTarget(procDir, core, hints);
  const prospect = judgeDump(await surveyTarget(procDir, core, target));
  const dumpDir = target.places[0] && dirname(target.places[0].reach);
  return [
    checkSignal(core.pid),
    checkEnviron(procDir, core, config),
    checkPath(prospect),
    checkRoom(prospect),
    ...(dumpDir ? await checkInodes("crash dump inodes", dumpDir) : []),
    checkBreakFlag(core),
    checkLimits(readOptional(`${procDir}/${core.pid}/limits`)),
    checkMemoryManagement(await readMemorySection(core.confFile), core, config, paths.incidents),
  ];
}

function checkSignal(pid: number): Check {
  const name = "permission to signal";
  try {
    process.kill(pid, 0);
    return ok(name, "SIGUSR1 may be sent to the core");
  } catch (error) {
    const why = `kill(${pid}) says ${errnoOf(error) ?? "no"}`;
    return fail(name, why, "run nsomem as root or as the user that NSO runs as");
  }
}

function checkEnviron(procDir: string, core: Core, { nso }: Config): Check {
  const name = "core's environment";
  if (readEnviron(procDir, core.pid)) return ok(name, "readable");
  const known = nso.crash_dump ?? nso.run_dir;
  if (known) return ok(name, `not readable, but the configuration names ${known}`);
  return warn(
    name,
    "not readable: another user's, or ncs.smp carries a file capability",
    'set [nso] run_dir = "/path" (or crash_dump = "/path/file") in nsomem.toml',
  );
}

function checkPath({ outlook, path, reasons }: DumpProspect): Check {
  const name = "crash dump path";
  switch (outlook) {
    case "good":
      return ok(name, path ?? "?");
    case "doubtful":
      return warn(
        name,
        `${path ?? "unknown"}: ${reasons.join("; ")}`,
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

function checkRoom({ path, roomKib, needKib }: DumpProspect): Check {
  const name = "crash dump room";
  if (roomKib === null || needKib === null)
    return warn(
      name,
      "not known: the place or the RSS cannot be read",
      'set [nso] crash_dump = "/path/file"',
    );
  const found = `${formatKib(roomKib)} free for at most ${formatKib(needKib)} (1.75 × RSS)`;
  if (roomKib >= needKib) return ok(name, found);
  return warn(
    name,
    found,
    `free some space in ${path ? dirname(path) : "there"}, or let NCS_DUMP name a larger file system`,
  );
}

const inodesMin = 100;

/** A full inode table fails like a full disk, and df does not show it. */
export async function checkInodes(name: string, directory: string): Promise<Check[]> {
  const found = await statfs(directory).catch(() => undefined);
  // 0 inodes in all: the file system makes them as needed (btrfs), or is not there.
  if (!found || found.files === 0) return [];
  const text = `${found.ffree} free of ${found.files} at ${directory}`;
  return [
    found.ffree >= inodesMin
      ? ok(name, text)
      : fail(name, text, "remove some of the many small files on that file system"),
  ];
}

function checkBreakFlag({ argv }: Core): Check {
  const flag = breakFlagOf(argv);
  if (flag === undefined) return ok("emulator flags", "no -B before the first --");
  return warn(
    "emulator flags",
    `${flag}: an old OTP then dies on SIGUSR1 without a dump`,
    `start NSO without ${flag}`,
  );
}

/** RLIMIT_FSIZE cuts a dump without a word; an address space limit ends the core before memory is short. */
function checkLimits(text: string | undefined): Check {
  const name = "core's limits";
  if (text === undefined)
    return warn(name, "not readable", "run nsomem as root or as the user that NSO runs as");
  const soft = (limit: string) => new RegExp(`^${limit} {2,}(\\S+)`, "m").exec(text)?.[1] ?? "unlimited";
  const limited = ["Max file size", "Max address space", "Max data size"]
    .map((limit) => [limit, soft(limit)] as const)
    .filter(([, value]) => value !== "unlimited");
  if (limited.length === 0)
    return ok(name, `file size and address space unlimited, ${soft("Max open files")} open files`);
  const found = limited.map(([limit, value]) => `${limit} ${value} bytes`).join(", ");
  return warn(
    name,
    found,
    "lift it where NSO is started: ulimit -f unlimited, or LimitFSIZE=infinity in its unit",
  );
}

function checkMemoryManagement(
  section: MemorySection | undefined,
  { confFile }: Core,
  config: Config,
  directory: string,
): Check {
  const name = "NSO's memory-management";
  const fragment = memorySectionFor(config.physical.warning_percent, directory);
  if (!section) return ok(name, `none in ${confFile ?? "ncs.conf"} (NSO 6.7 and later can have one)`);
  const actions = section.actions.map(
    ({ usedPercent, freeBytes, count }) =>
      `${count ?? 5} debug dumps at ${usedPercent === undefined ? `${formatKib((freeBytes ?? 0) / 1024)} free` : `${usedPercent} % used`}`,
  );
  const found = `${confFile} has one: ${actions.join(", ") || "no actions"}`;
  if (config.debug_dump.defer_to_nso) return ok(name, `${found}; nsomem leaves debug dumps to it`);
  return warn(
    name,
    `${found}. It takes debug dumps only, and both would dump`,
    `set [debug_dump] defer_to_nso = true, or take the section out; one that matches nsomem's warning:\n${fragment}`,
  );
}
