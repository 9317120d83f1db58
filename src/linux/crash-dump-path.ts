/** Where a core will write its crash dump, as far as it can be seen from outside (facts 3.8, 3.14). */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type DumpSettings, readDumpSettings } from "../core/dump-settings.ts";
import type { ReachablePlace } from "./dump-file.ts";
import type { DumpSearch } from "./find-dump.ts";
import { resolveLinks } from "./follow-link.ts";
import { rootOf } from "./mount-root.ts";
import { type Core, readWorkingDirectory } from "./nso.ts";
import { readEnviron } from "./procfs.ts";
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
  settings: DumpSettings;
  /** "/", or the way into the core's own mounts. */
  root: string;
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
  return { places, settings: readDumpSettings(environ, core.argv), root };
}

/** Where to look for the dump. Without the environment a name may have something behind it that is not known. */
export function searchOf({ places, settings }: CrashDumpTarget): DumpSearch {
  return { places, alike: !settings.environmentRead };
}

/** A target whose directories are held open: `/proc/PID/root` ends with the core, a descriptor does not. */
export interface HeldTarget extends CrashDumpTarget {
  release(): Promise<void>;
}

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * Opens the directories of places in another root, behind the links that lead to them there; those in this one can be
 * reached after the core's end too.
 */
export async function holdTarget(target: CrashDumpTarget): Promise<HeldTarget> {
  const held: { close(): Promise<void> }[] = [];
  const places = await Promise.all(
    target.places.map(async (place) => {
      if (place.reach === place.path) return place;
      const { path, reach } = (await resolveLinks(place, target.root)) ?? place;
      const directory = await open(dirname(reach), directoryFlags).catch(() => undefined);
      if (!directory) return place;
      held.push(directory);
      return { ...place, path, reach: `${ownProcDir}/self/fd/${directory.fd}/${basename(reach)}` };
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
