/** What would become of a crash dump, judged by its place and its settings before one is needed. */

import { formatDuration, formatKib } from "./units.ts";

/** `good`: nothing speaks against it. `doubtful`: it may be cut or not be found. `hopeless`: there will be none. */
export type DumpOutlook = "good" | "doubtful" | "hopeless";

/** One place where the dump may go, as the core would name it. */
export interface DumpPlace {
  path: string;
  /** Only looked at afterwards: a setting of the core names another place. */
  fallback?: boolean | undefined;
  /** Where a link leads; the dump is written there, and the rest of this is about there. */
  leadsTo?: string | undefined;
  /** Why the core cannot write there; undefined when it can, or when that is not known. */
  obstacle?: string | undefined;
  /** What speaks against it and is not certain. */
  doubt?: string | undefined;
  /** Room for the core on that file system; undefined when it cannot be read. */
  freeKib?: number | undefined;
}

export interface DumpFacts {
  /** Where it may go, most likely first. Empty when unknown. */
  places: readonly DumpPlace[];
  /** The setting that switches dumps off, as `NAME=value`. */
  disabledBy?: string | undefined;
  /** ERL_CRASH_DUMP_BYTES and ERL_CRASH_DUMP_SECONDS of the core, where set and in force. */
  bytesMax?: number | undefined;
  secondsMax?: number | undefined;
  /** The emulator flag that makes an old OTP die without a dump (facts 3.4). */
  breakFlag?: string | undefined;
  /** Started with `-heart`: without ERL_CRASH_DUMP_SECONDS there is no dump (facts 3.14). */
  hasHeart?: boolean | undefined;
  /** The core's environment could be read; otherwise the settings above are not known. */
  environmentRead: boolean;
  /** Resident memory of the core in the moment of the dump: what it will hold at critical. */
  coreKib?: number | undefined;
}

/** The judgement, with its reasons as sentences. Memory in KiB. */
export interface DumpProspect {
  outlook: DumpOutlook;
  /** The most likely place. */
  path: string | null;
  roomKib: number | null;
  /** About the largest file that the core may become. */
  needKib: number | null;
  reasons: string[];
}

// Measured, the file per RSS (facts 3.2): lists of large integers 2.14, of short ones 1.44, binaries 1.2, ETS 0.001;
// 2.2 was seen once. A real core is a mixture of all of them.
export const largestPerCore = 2.1;
const smallestPerCore = 0.05;
// The slowest rate seen: 1.06 GB of binaries took 49 s.
const secondsPerGib = 50;

export function judgeDump(all: DumpFacts): DumpProspect {
  const facts = { ...all, places: all.places.filter(({ fallback }) => !fallback) };
  const usable = facts.places.filter((place) => place.obstacle === undefined);
  const place = likeliest(usable, all.places) ?? facts.places[0];
  const needKib = neededKib(facts);
  const prospect = { path: place?.path ?? null, roomKib: place?.freeKib ?? null, needKib };
  const against = hopelessReasons(facts, usable);
  if (against.length > 0) return { outlook: "hopeless", ...prospect, reasons: against };
  const doubts = [
    ...settingDoubts(facts),
    // Which of several names the core takes is not known for certain.
    ...facts.places.filter((other) => other.obstacle !== undefined).map(obstructed),
    ...sizeDoubts(facts),
    ...placeDoubts(place, needKib),
  ];
  return { outlook: doubts.length > 0 ? "doubtful" : "good", ...prospect, reasons: doubts };
}

function neededKib({ coreKib, bytesMax }: DumpFacts): number | null {
  if (coreKib === undefined) return null;
  const largestKib = Math.ceil(coreKib * largestPerCore);
  return bytesMax === undefined ? largestKib : Math.min(largestKib, Math.ceil(bytesMax / 1024));
}

function hopelessReasons(facts: DumpFacts, usable: readonly DumpPlace[]): string[] {
  if (facts.disabledBy !== undefined) return [`${facts.disabledBy} of the core disables the crash dump`];
  if (facts.places.length > 0 && usable.length === 0) return facts.places.map(obstructed);
  const { coreKib } = facts;
  if (coreKib === undefined) return [];
  const tooSmall = usable.flatMap((place) =>
    place.freeKib !== undefined && place.freeKib < coreKib * smallestPerCore
      ? [
          `${named(place)}: only ${formatKib(place.freeKib)} are free, less than any dump of ${formatKib(coreKib)} needs`,
        ]
      : [],
  );
  return tooSmall.length === usable.length ? tooSmall : [];
}

/** The first one. Where no setting names a place, a link that somebody made says which of the names it is. */
function likeliest(usable: readonly DumpPlace[], all: readonly DumpPlace[]): DumpPlace | undefined {
  const isNamed = all.some(({ fallback }) => fallback);
  const link = isNamed ? undefined : usable.find(({ leadsTo }) => leadsTo !== undefined);
  return link ?? usable[0];
}

function obstructed(place: DumpPlace): string {
  return `${named(place)}: ${place.obstacle}`;
}

function named({ path, leadsTo }: DumpPlace): string {
  return leadsTo === undefined ? path : `${path}, a link to ${leadsTo}`;
}

function settingDoubts({ places, environmentRead, breakFlag, hasHeart }: DumpFacts): string[] {
  const doubts: string[] = [];
  if (places.length === 0)
    doubts.push("the run directory of the core cannot be read; set [nso] run_dir or crash_dump");
  if (!environmentRead)
    doubts.push("the environment of the core cannot be read; a setting there may disable or cut the dump");
  if (!environmentRead && hasHeart)
    doubts.push("the core was started with -heart: without ERL_CRASH_DUMP_SECONDS there is no dump");
  if (breakFlag !== undefined)
    doubts.push(`the core was started with ${breakFlag}: an old OTP then dies on SIGUSR1 without a dump`);
  return doubts;
}

function sizeDoubts({ coreKib, bytesMax, secondsMax }: DumpFacts): string[] {
  if (coreKib === undefined) return [];
  const doubts: string[] = [];
  const largestKib = coreKib * largestPerCore;
  if (bytesMax !== undefined && bytesMax / 1024 < largestKib)
    doubts.push(
      `ERL_CRASH_DUMP_BYTES=${bytesMax} cuts the dump; ${formatKib(coreKib)} may need about ${formatKib(largestKib)}`,
    );
  const neededSeconds = (coreKib / 1024 ** 2) * secondsPerGib;
  if (secondsMax !== undefined && secondsMax < neededSeconds)
    doubts.push(
      `ERL_CRASH_DUMP_SECONDS=${secondsMax} ends the dump early; it may take ${formatDuration(neededSeconds * 1000)}`,
    );
  return doubts;
}

function placeDoubts(place: DumpPlace | undefined, needKib: number | null): string[] {
  if (place?.doubt !== undefined) return [`${named(place)}: ${place.doubt}`];
  if (!place || needKib === null) return [];
  if (place.freeKib === undefined) return [`${named(place)}: its free space cannot be read`];
  if (place.freeKib >= needKib) return [];
  return [
    `${named(place)}: ${formatKib(place.freeKib)} are free, but the dump may need about ${formatKib(needKib)} and would be cut`,
  ];
}
