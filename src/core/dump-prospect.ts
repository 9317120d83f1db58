/** What would become of a crash dump now, judged by its place and its settings before one is needed. */

import { formatDuration, formatKib } from "./units.ts";

/** `good`: nothing speaks against it. `doubtful`: it may be cut or not be found. `hopeless`: there will be none. */
export type DumpOutlook = "good" | "doubtful" | "hopeless";

/** One place where the dump may go, as the core would name it. */
export interface DumpPlace {
  path: string;
  /** Only looked at afterwards: a setting of the core names another place. */
  fallback?: boolean | undefined;
  /** Why the core cannot write there; undefined when it can, or when that is not known. */
  obstacle?: string | undefined;
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
  /** The core's environment could be read; otherwise the settings above are not known. */
  environmentRead: boolean;
  rssKib?: number | undefined;
}

/** The judgement, with its reasons as sentences. Memory in KiB. */
export interface DumpProspect {
  outlook: DumpOutlook;
  /** The most likely place. */
  path: string | null;
  roomKib: number | null;
  /** The largest file that this RSS may become. */
  needKib: number | null;
  reasons: string[];
}

// 0.82 GB of process heap became 1.40 GB, 1.06 GB of binaries 1.40 GB, 0.59 GB of ETS 55 MB (facts 3.2): at most
// 1.71 times the RSS, and never less than 0.09 times.
export const largestPerRss = 1.75;
const smallestPerRss = 0.05;
// The slowest rate seen: 1.06 GB of binaries took 49 s.
const secondsPerGib = 50;

export function judgeDump(all: DumpFacts): DumpProspect {
  const facts = { ...all, places: all.places.filter(({ fallback }) => !fallback) };
  const usable = facts.places.filter((place) => place.obstacle === undefined);
  const place = usable[0] ?? facts.places[0];
  const needKib = neededKib(facts);
  const prospect = { path: place?.path ?? null, roomKib: place?.freeKib ?? null, needKib };
  const against = hopelessReasons(facts, usable);
  if (against.length > 0) return { outlook: "hopeless", ...prospect, reasons: against };
  const doubts = [...settingDoubts(facts), ...roomDoubts(place, needKib)];
  return { outlook: doubts.length > 0 ? "doubtful" : "good", ...prospect, reasons: doubts };
}

function neededKib({ rssKib, bytesMax }: DumpFacts): number | null {
  if (rssKib === undefined) return null;
  const largestKib = Math.ceil(rssKib * largestPerRss);
  return bytesMax === undefined ? largestKib : Math.min(largestKib, Math.ceil(bytesMax / 1024));
}

function hopelessReasons(facts: DumpFacts, usable: readonly DumpPlace[]): string[] {
  if (facts.disabledBy !== undefined) return [`${facts.disabledBy} of the core disables the crash dump`];
  if (facts.places.length > 0 && usable.length === 0)
    return facts.places.map(({ path, obstacle }) => `${path}: ${obstacle}`);
  const { rssKib } = facts;
  if (rssKib === undefined) return [];
  const tooSmall = usable.flatMap(({ path, freeKib }) =>
    freeKib !== undefined && freeKib < rssKib * smallestPerRss
      ? [`${path}: only ${formatKib(freeKib)} are free, less than any dump of ${formatKib(rssKib)} needs`]
      : [],
  );
  return tooSmall.length === usable.length ? tooSmall : [];
}

function settingDoubts(facts: DumpFacts): string[] {
  const doubts: string[] = [];
  if (facts.places.length === 0)
    doubts.push("the run directory of the core cannot be read; set [nso] run_dir or crash_dump");
  if (!facts.environmentRead)
    doubts.push("the environment of the core cannot be read; a setting there may disable or cut the dump");
  if (facts.breakFlag !== undefined)
    doubts.push(
      `the core was started with ${facts.breakFlag}: an old OTP then dies on SIGUSR1 without a dump`,
    );
  const { rssKib, bytesMax, secondsMax } = facts;
  if (rssKib === undefined) return doubts;
  if (bytesMax !== undefined && bytesMax / 1024 < rssKib * largestPerRss)
    doubts.push(
      `ERL_CRASH_DUMP_BYTES=${bytesMax} cuts the dump; ${formatKib(rssKib)} may need ${formatKib(rssKib * largestPerRss)}`,
    );
  const neededSeconds = (rssKib / 1024 ** 2) * secondsPerGib;
  if (secondsMax !== undefined && secondsMax < neededSeconds)
    doubts.push(
      `ERL_CRASH_DUMP_SECONDS=${secondsMax} ends the dump early; it may take ${formatDuration(neededSeconds * 1000)}`,
    );
  return doubts;
}

function roomDoubts(place: DumpPlace | undefined, needKib: number | null): string[] {
  if (!place || needKib === null) return [];
  if (place.freeKib === undefined) return [`${place.path}: its free space cannot be read`];
  if (place.freeKib >= needKib) return [];
  return [
    `${place.path}: ${formatKib(place.freeKib)} are free, but the dump may need ${formatKib(needKib)} and would be cut`,
  ];
}
