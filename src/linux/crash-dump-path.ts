/** Where a core will write its crash dump, as far as it can be seen from outside (facts 3.8, 3.14). */

import { constants } from "node:fs";
import { open, statfs } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { DumpFacts, DumpPlace } from "../core/dump-prospect.ts";
import { breakFlagOf } from "../core/nso.ts";
import { type Credentials, readCredentials, writeObstacle } from "./credentials.ts";
import type { ReachablePlace } from "./dump-file.ts";
import { rootOf } from "./mount-root.ts";
import { type Core, readWorkingDirectory } from "./nso.ts";
import { readEnviron, readRssKib } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

/** What the configuration says where discovery cannot see: absolute paths. */
export interface CrashDumpHints {
  crashDump?: string | undefined;
  runDir?: string | undefined;
}

/** The places to look at after the signal, most likely first, and what the core's settings say about a dump. */
export interface CrashDumpTarget {
  /** `fallback`: looked at as well, but the core's settings name another place. */
  places: (ReachablePlace & { fallback: boolean })[];
  settings: Pick<DumpFacts, "disabledBy" | "bytesMax" | "secondsMax" | "breakFlag" | "environmentRead">;
}

/**
 * Reads the core's environment and working directory where permitted; NSO reads both when it starts, so this holds
 * for as long as the core lives. What cannot be read is left out and becomes a doubt, not an error.
 */
export function findCrashDumpTarget(procDir: string, core: Core, hints: CrashDumpHints): CrashDumpTarget {
  const environ = readEnviron(procDir, core.pid);
  const runDir = hints.runDir ?? readWorkingDirectory(procDir, core.pid);
  const named = [hints.crashDump, environ?.NCS_DUMP, environ?.ERL_CRASH_DUMP].flatMap((path) =>
    path ? [path] : [],
  );
  const byDefault = runDir ? [join(runDir, "ncs_crash.dump"), join(runDir, "erl_crash.dump")] : [];
  // A relative name without a directory to start from is not a place.
  const absolute = (paths: readonly string[]) =>
    paths.flatMap((path) => (path.startsWith("/") ? resolve(path) : runDir ? resolve(runDir, path) : []));
  const root = rootOf(procDir, core.pid);
  const placeOf = (path: string, fallback: boolean) => ({
    path,
    reach: root === "/" ? path : `${root}${path}`,
    fallback,
  });
  const settled = [...new Set(absolute(named))];
  const places = [
    ...settled.map((path) => placeOf(path, false)),
    ...absolute(byDefault)
      .filter((path) => !settled.includes(path))
      .map((path) => placeOf(path, settled.length > 0)),
  ];
  return { places, settings: settingsOf(environ, core.argv) };
}

function settingsOf(
  environ: Record<string, string> | undefined,
  argv: readonly string[],
): CrashDumpTarget["settings"] {
  const seconds = wholeNumber(environ?.ERL_CRASH_DUMP_SECONDS);
  const disable = environ?.DISABLE_NCS_DUMP;
  const disabledBy = disable
    ? `DISABLE_NCS_DUMP=${disable}`
    : seconds === 0
      ? "ERL_CRASH_DUMP_SECONDS=0"
      : environ?.ERL_CRASH_DUMP_BYTES === "0"
        ? "ERL_CRASH_DUMP_BYTES=0"
        : undefined;
  return {
    disabledBy,
    bytesMax: wholeNumber(environ?.ERL_CRASH_DUMP_BYTES),
    // A negative number means "as long as it takes". See erl(1).
    secondsMax: seconds !== undefined && seconds > 0 ? seconds : undefined,
    breakFlag: breakFlagOf(argv),
    environmentRead: environ !== undefined,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** A target whose directories are held open: `/proc/PID/root` ends with the core, a descriptor does not. */
export interface HeldTarget extends CrashDumpTarget {
  release(): Promise<void>;
}

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;

/** Opens the directories of places in another root; those in this one can be reached after the core's end too. */
export async function holdTarget(target: CrashDumpTarget): Promise<HeldTarget> {
  const held: { close(): Promise<void> }[] = [];
  const places = await Promise.all(
    target.places.map(async (place) => {
      const { path, reach } = place;
      if (reach === path) return place;
      const directory = await open(dirname(reach), directoryFlags).catch(() => undefined);
      if (!directory) return place;
      held.push(directory);
      return { ...place, reach: `${ownProcDir}/self/fd/${directory.fd}/${basename(reach)}` };
    }),
  );
  return {
    ...target,
    places,
    async release() {
      await Promise.allSettled(held.map((directory) => directory.close()));
    },
  };
}

/** What the file systems say of the places now, for `judgeDump`. Asynchronous: a dead mount must not hold the agent. */
export async function surveyTarget(
  procDir: string,
  core: Core,
  target: CrashDumpTarget,
): Promise<DumpFacts & { creatable: ReachablePlace[] }> {
  const who = readCredentials(procDir, core.pid);
  const surveyed = await Promise.all(
    target.places.map(async (held) => ({ held, ...(await surveyPlace(held, who)) })),
  );
  return {
    ...target.settings,
    rssKib: readRssKib(procDir, core.pid),
    places: surveyed.map(({ place, held }) => ({ ...place, fallback: held.fallback })),
    creatable: surveyed.filter(({ mayCreate }) => mayCreate).map(({ held }) => held),
  };
}

async function surveyPlace(
  { path, reach }: ReachablePlace,
  who: Credentials | undefined,
): Promise<{ place: DumpPlace; mayCreate: boolean }> {
  const directory = dirname(reach);
  const room = await statfs(directory).catch(() => undefined);
  // Only root may take the last blocks of a file system.
  const blocks = room && (who?.uid === 0 ? room.bfree : room.bavail);
  const freeKib = room && blocks !== undefined ? Math.floor((blocks * room.bsize) / 1024) : undefined;
  if (!who) return { place: { path, freeKib }, mayCreate: false };
  const { obstacle, mayCreate } = await writeObstacle({ directory, file: reach }, who);
  if (obstacle === undefined && room?.files && room.ffree === 0 && mayCreate)
    return { place: { path, freeKib, obstacle: "its file system has no free inode" }, mayCreate };
  return { place: { path, freeKib, obstacle }, mayCreate };
}
