/** What the file systems say of a crash dump's places, for `judgeDump`. */

import { lstat, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DumpFacts, DumpPlace } from "../core/dump-prospect.ts";
import { type CrashDumpTarget, type NamedPlace, searchOf } from "./crash-dump-path.ts";
import { type Credentials, readCredentials, writeObstacle } from "./credentials.ts";
import type { ReachablePlace } from "./dump-file.ts";
import type { ProbeAnswer, ProbePlace } from "./dump-probe.ts";
import { knownFiles } from "./find-dump.ts";
import { followLink } from "./follow-link.ts";
import { ownProcDir } from "./roots.ts";

/** Where a file is that can be moved aside, since the core may create a new one; behind its links. */
export interface MovableDump extends ReachablePlace {
  /** As the core names it. */
  place: string;
  /** The core may not write it: as long as it has that name there is no dump. */
  isInTheWay: boolean;
}

export interface DumpSurvey {
  facts: Omit<DumpFacts, "coreKib">;
  movable: MovableDump[];
  /** The files that are there now. */
  known: ReadonlySet<string>;
  /** What a probe would ask: the directories that the settings name, by the way in. */
  probes: ProbePlace[];
  /** As whom; undefined when the core has gone. */
  who: Credentials | undefined;
}

/** What was answered when a file was made in a directory, by the way in; undefined where it was not tried yet. */
export type Probed = (directory: string) => ProbeAnswer | undefined;

/**
 * Asynchronous: a dead mount must not hold the agent. One call after the other, so that such a mount holds one thread of
 * the pool and no more (facts 4.28). Never throws.
 */
export async function surveyTarget(
  procDir: string,
  pid: number,
  target: CrashDumpTarget,
  probed: Probed,
): Promise<DumpSurvey> {
  const who = readCredentials(procDir, pid);
  const { settings, root } = target;
  const surveyed: ({ named: NamedPlace } & SurveyedPlace)[] = [];
  for (const named of target.places)
    surveyed.push({ named, ...(await surveyPlace(named, { root, who, probed })) });
  const known = await knownFiles(searchOf(target));
  const settled = surveyed.filter(({ named }) => !named.fallback);
  return {
    facts: {
      ...settings,
      places: surveyed.map(({ place, named }) => ({ ...place, fallback: named.fallback })),
    },
    movable: surveyed.flatMap(({ movable }) => movable ?? []),
    known,
    probes: settled.flatMap(({ named, led }) => (led ? [probePlaceOf(named, led)] : [])).filter(isFirst),
    who,
  };
}

/** In another root our own directories are none of the core's, and a link leads out of the one that it is in. */
function probePlaceOf(named: NamedPlace, led: ReachablePlace): ProbePlace {
  const isElsewhere = led.path !== led.reach;
  return {
    directory: dirname(led.reach),
    isEntered: isElsewhere || (named.isEntered && led.path === named.path),
  };
}

function isFirst({ directory }: ProbePlace, index: number, all: readonly ProbePlace[]): boolean {
  return all.findIndex((one) => one.directory === directory) === index;
}

interface SurveyedPlace {
  place: DumpPlace;
  /** Behind its links; undefined where they go in a circle. */
  led?: ReachablePlace;
  movable?: MovableDump[];
}

interface Asked {
  root: string;
  who: Credentials | undefined;
  probed: Probed;
}

async function surveyPlace(named: NamedPlace, { root, who, probed }: Asked): Promise<SurveyedPlace> {
  const path = named.linkedFrom ?? named.path;
  const led = await followLink(named, root);
  if (!led) return { place: { path, obstacle: "its links lead in a circle" } };
  const directory = dirname(led.reach);
  const room = await statfs(directory).catch(() => undefined);
  const kind = await obstacleOfKind(led.reach);
  // Only root may take the last blocks of a file system.
  const blocks = room && (who?.uid === 0 ? room.bfree : room.bavail);
  const freeKib = room && blocks !== undefined ? Math.floor((blocks * room.bsize) / 1024) : undefined;
  const place: DumpPlace = { path, freeKib, ...(led.path === path ? {} : { leadsTo: led.path }) };
  if (kind !== undefined) return { place: { ...place, obstacle: kind }, led };
  if (!who) return { place, led };
  const mover = readCredentials(ownProcDir, "self");
  if (!mover) return { place, led };
  const { obstacle, mayCreate, isTaken } = await writeObstacle({ directory, file: led.reach }, who, mover);
  if (obstacle !== undefined || !mayCreate) return { place: { ...place, obstacle }, led };
  if (room?.files && room.ffree === 0)
    return { place: { ...place, obstacle: "its file system has no free inode" }, led };
  const mayMove = led.path === named.path || (await isOwnLink(named.reach, who));
  if (isTaken && !mayMove)
    return {
      place: { ...place, obstacle: "the file there is not the core's, and the link to it somebody else's" },
      led,
    };
  const movable = mayMove ? [{ ...led, place: path, isInTheWay: isTaken }] : [];
  return { place: { ...place, ...objectionOf(probed(directory), freeKib, who) }, led, movable };
}

/** A dump into a device is gone, into a FIFO or a socket it waits for a reader. */
async function obstacleOfKind(reach: string): Promise<string | undefined> {
  const found = await stat(reach).catch(() => undefined);
  if (!found || found.isFile()) return undefined;
  if (found.isDirectory()) return "is a directory";
  if (found.isCharacterDevice() || found.isBlockDevice()) return "is a device, which keeps no dump";
  return found.isFIFO() ? "is a FIFO" : "is a socket";
}

/** A link that root or the core's user made; anybody else's could lead to a file that is not theirs to move. */
async function isOwnLink(path: string, { uid }: Credentials): Promise<boolean> {
  const link = await lstat(path).catch(() => undefined);
  return link?.uid === 0 || link?.uid === uid;
}

/** Of a place where permissions allow it: the file system has the last word. */
function objectionOf(
  answer: ProbeAnswer | undefined,
  freeKib: number | undefined,
  { uid }: Credentials,
): Pick<DumpPlace, "obstacle" | "doubt"> {
  switch (answer?.kind) {
    case "refused":
      return { obstacle: `no file can be made there by the core's user (uid ${uid}): ${answer.reason}` };
    case "full":
      // Without room the disk is full, which is said with the numbers; with room it is a quota.
      return freeKib === 0 ? {} : { obstacle: "a file can be made there, but not one byte be written" };
    case "silent":
      return { doubt: "its file system does not answer" };
    case "made":
    case "untried":
    case undefined:
      return {};
  }
}
