/** Where a core will write its crash dump, as far as it can be seen from outside (facts 3.8, 3.14). */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type DumpSettings, readDumpSettings } from "../core/dump-settings.ts";
import type { ReachablePlace } from "./dump-file.ts";
import type { DumpSearch } from "./find-dump.ts";
import { resolveLinks } from "./follow-link.ts";
import { reachIn, rootOf } from "./mount-root.ts";
import { type Core, readWorkingDirectory } from "./nso.ts";
import { readEnviron } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

/** What the configuration says where discovery cannot see: absolute paths. */
export interface CrashDumpHints {
  crashDump?: string | undefined;
  runDir?: string | undefined;
}

export interface NamedPlace extends ReachablePlace {
  /** Looked at as well, but the core's settings name another place. */
  fallback: boolean;
  /** Named from the run directory, which the core is in already: it need not be able to get there. */
  isEntered: boolean;
  /** The name that the core knows it by, where links lead here from there. */
  linkedFrom?: string;
}

/** The places to look at after the signal, most likely first, and what the core's settings say about a dump. */
export interface CrashDumpTarget {
  places: NamedPlace[];
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
  const root = rootOf(procDir, core.pid);
  const placeOf = (name: string): NamedPlace[] => {
    const isEntered = !name.startsWith("/");
    // A relative name without a directory to start from is not a place.
    if (isEntered && !runDir) return [];
    const path = resolve(runDir ?? "/", name);
    return [{ path, reach: reachIn(root, path), fallback: false, isEntered }];
  };
  const settled = withoutRepeats(named.flatMap(placeOf));
  const fallback = settled.length > 0;
  const places = withoutRepeats([
    ...settled,
    ...["ncs_crash.dump", "erl_crash.dump"].flatMap(placeOf).map((place) => ({ ...place, fallback })),
  ]);
  return { places, settings: readDumpSettings(environ, core.argv), root };
}

function withoutRepeats(places: readonly NamedPlace[]): NamedPlace[] {
  return places.filter(({ path }, index) => places.findIndex((one) => one.path === path) === index);
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
      const linkedFrom = path === place.path ? {} : { linkedFrom: place.path };
      return {
        ...place,
        ...linkedFrom,
        path,
        reach: `${ownProcDir}/self/fd/${directory.fd}/${basename(reach)}`,
      };
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
