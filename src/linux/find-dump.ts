/** Finds the crash dump that a core has written, among the files that were there before. */

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DumpFile } from "../core/dump-verdict.ts";
import { errnoOf } from "../core/errors.ts";
import { endingOf, type ReachablePlace } from "./dump-file.ts";
import { followLink } from "./follow-link.ts";
import { isOutOfDescriptors } from "./spare-descriptor.ts";

export interface DumpSearch {
  /** Most likely first. */
  places: readonly ReachablePlace[];
  /**
   * Also the names that begin with one of these: where the core's environment cannot be read, NCS_DUMP may have put a
   * time behind it, as NSO's guide advises (facts 3.11).
   */
  alike: boolean;
}

/**
 * Which file is a new one. By `known`, the files from before the signal (`knownFiles`): the clock of a file server may
 * be seconds off ours. Without that, what was written since `sinceMs` of our clock.
 */
export type DumpAge = { known: ReadonlySet<string> } | { sinceMs: number };

/** Files of one place that are looked at, those with the last names first: a time in it makes the newest the last. */
const alikeMax = 200;

/**
 * The first place where there is a new file that can be read, else the first where there is one at all, or undefined.
 * Never throws.
 */
export async function findDumpFile(search: DumpSearch, age: DumpAge): Promise<DumpFile | undefined> {
  let unread: DumpFile | undefined;
  for (const place of search.places) {
    const fresh = (await filesOf(place, search.alike)).filter((file) => isNew(file, age));
    const found = fresh.sort((a, b) => Number(b.mtimeNs - a.mtimeNs))[0];
    if (!found) continue;
    try {
      return { path: found.path, bytes: found.bytes, ending: await endingOnceReadable(found) };
    } catch (error) {
      // It has gone, or it is there and may not be read: the next place.
      if (errnoOf(error) !== "ENOENT") unread ??= { path: found.path, bytes: found.bytes, ending: "unread" };
    }
  }
  return unread;
}

/** While no descriptor is free a dump cannot be read, and yet it is there. Whoever asks gives up after 10 s. */
const descriptorMsMax = 8000;
const descriptorPauseMs = 100;

async function endingOnceReadable({ reach, bytes }: FoundFile): Promise<DumpFile["ending"]> {
  for (let waitedMs = 0; ; waitedMs += descriptorPauseMs) {
    try {
      return await endingOf(reach, bytes);
    } catch (error) {
      if (!isOutOfDescriptors(error) || waitedMs >= descriptorMsMax) throw error;
      await Bun.sleep(descriptorPauseMs);
    }
  }
}

/** All that is there now, to be told from a new one: by size and time, which a rename does not change. */
export async function knownFiles({ places, alike }: DumpSearch): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const place of places) for (const file of await filesOf(place, alike)) known.add(identityOf(file));
  return known;
}

interface FoundFile extends ReachablePlace {
  bytes: number;
  mtimeNs: bigint;
}

function identityOf({ bytes, mtimeNs }: FoundFile): string {
  return `${bytes}:${mtimeNs}`;
}

function isNew(file: FoundFile, age: DumpAge): boolean {
  if ("known" in age) return !age.known.has(identityOf(file));
  // One second of grace: some file systems keep whole seconds.
  return Number(file.mtimeNs / 1_000_000n) >= age.sinceMs - 1000;
}

async function filesOf(place: ReachablePlace, alike: boolean): Promise<FoundFile[]> {
  const places = alike ? [place, ...(await placesAlike(place))] : [place];
  const files: FoundFile[] = [];
  for (const one of places) {
    const file = await fileAt(one);
    if (file) files.push(file);
  }
  return files;
}

/** Where a link leads in our own root; a held place is behind its links already. */
async function fileAt(place: ReachablePlace): Promise<FoundFile | undefined> {
  const led = place.reach === place.path ? await followLink(place, "/") : place;
  const found = led && (await stat(led.reach, { bigint: true }).catch(() => undefined));
  if (!led || !found?.isFile()) return undefined;
  return { ...led, bytes: Number(found.size), mtimeNs: found.mtimeNs };
}

async function placesAlike({ path, reach }: ReachablePlace): Promise<ReachablePlace[]> {
  const base = basename(path);
  const names = await readdir(dirname(reach)).catch(() => []);
  return names
    .filter((name) => name.startsWith(base) && name !== base)
    .sort()
    .slice(-alikeMax)
    .map((name) => ({ path: join(dirname(path), name), reach: join(dirname(reach), name) }));
}
