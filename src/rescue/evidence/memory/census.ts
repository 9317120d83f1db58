/** What a sample of memory says about all of it: kinds of objects with their estimated number and size. */

import { shown } from "../../../core/shown.ts";
import { formatKib } from "../../../core/units.ts";
import { type ProcessMemory, pageBytes } from "../../../linux/process-memory.ts";
import type { SamplePlan } from "./sample-pages.ts";

/** One class or type; both figures are estimates. */
export interface Kind {
  name: string;
  count: number;
  bytes: number;
}

export interface Census {
  /** The largest first. */
  kinds: Kind[];
  pagesSampled: number;
  /** Estimated, of the areas that were sampled. */
  residentBytes: number;
  /** By the kinds that were recognised, those beyond the list too. */
  explainedBytes: number;
}

/** What is known of one address that stood where objects have their class or type. */
export interface Candidate {
  count: number;
  /** The sum of what stands where arrays have their length. */
  items: number;
}

export interface Sampled {
  candidates: Map<number, Candidate>;
  pagesSampled: number;
  /** Estimated. */
  residentPages: number;
}

/** More addresses than these are noise: 500,000 entries take 50 MB. */
const candidatesMax = 500_000;
/** A length beyond this is no sample's matter: one such object would stand for a thousand. */
const itemsMax = 2 ** 20;

/** Looks at resident pages of the plan until there are `pagesMax` of them. `scan` notes what it finds in one page. */
export function samplePages(
  memory: Pick<ProcessMemory, "read" | "isResident">,
  { places, pagesInAll }: SamplePlan,
  { pagesMax, scan }: { pagesMax: number; scan: (page: Buffer, note: Note) => void },
): Sampled {
  const candidates = new Map<number, Candidate>();
  const page = Buffer.alloc(pageBytes);
  let pagesSampled = 0;
  let resident = 0;
  for (const place of places) {
    if (!memory.isResident(place)) continue;
    // All places are asked: that costs little, and how much is resident is a factor of every figure.
    resident++;
    if (pagesSampled >= pagesMax || !memory.read(place, page)) continue;
    pagesSampled++;
    scan(page, (address, items) => note(candidates, address, items));
  }
  return { candidates, pagesSampled, residentPages: (pagesInAll * resident) / Math.max(1, places.length) };
}

export type Note = (address: number, items: number) => void;

function note(candidates: Map<number, Candidate>, address: number, items: number): void {
  const counted = items < itemsMax ? items : 0;
  const known = candidates.get(address);
  if (known) {
    known.count++;
    known.items += counted;
  } else if (candidates.size < candidatesMax) candidates.set(address, { count: 1, items: counted });
}

/** The commonest first, without those that chance may have made: at most `most` of them are worth a look. */
export function likely({ candidates }: Sampled, most: number): [address: number, Candidate][] {
  return [...candidates]
    .filter(([, { count }]) => count >= countMin)
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, most);
}

const countMin = 3;
/** Of fewer objects the mean length is not known well enough to be multiplied. */
export const countForLengths = 16;

const kindsMax = 50;

/**
 * `kinds` as they were in the sample, `counted` as they are in all of the memory. Two of one name (of two class
 * loaders) are one line.
 */
export function censusOf(kinds: readonly Kind[], sampled: Sampled, counted: readonly Kind[] = []): Census {
  const scale = sampled.residentPages / Math.max(1, sampled.pagesSampled);
  const scaled = kinds.map(({ name, count, bytes }) => ({
    name,
    count: count * scale,
    bytes: bytes * scale,
  }));
  const byName = new Map<string, Kind>();
  for (const { name, count, bytes } of [...scaled, ...counted]) {
    const sum = byName.get(name) ?? { name, count: 0, bytes: 0 };
    byName.set(name, { name, count: sum.count + count, bytes: sum.bytes + bytes });
  }
  const all = [...byName.values()].sort((a, b) => b.bytes - a.bytes);
  return {
    kinds: all.slice(0, kindsMax),
    pagesSampled: sampled.pagesSampled,
    residentBytes: sampled.residentPages * pageBytes + counted.reduce((sum, { bytes }) => sum + bytes, 0),
    explainedBytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** "byte[] 1.2 GiB, java.lang.String 300 MiB, …" of the three largest. */
export function topKinds({ kinds }: Census): string {
  const top = kinds.slice(0, 3).map(({ name, bytes }) => `${shown(name, 80)} ${formatKib(bytes / 1024)}`);
  return top.join(", ");
}

/** A table for people: what was looked at, then a line a kind. */
export function censusText(census: Census, noun: string): string {
  const { kinds, pagesSampled, residentBytes, explainedBytes } = census;
  const rows = kinds.map(
    ({ name, count, bytes }) =>
      `${String(Math.round(count)).padStart(12)} ${formatKib(bytes / 1024).padStart(10)}  ${shown(name)}`,
  );
  // More than all, where parts of long arrays are not resident.
  const isAll = explainedBytes >= residentBytes;
  const explained = isAll ? "all of" : `about ${formatKib(explainedBytes / 1024)} of`;
  return [
    `Estimated from ${pagesSampled} of about ${Math.round(residentBytes / pageBytes)} resident pages; objects that are not used any more count too.`,
    `The ${noun} explain ${explained} ${formatKib(residentBytes / 1024)}.`,
    `${"objects".padStart(12)} ${"memory".padStart(10)}  ${noun}`,
    ...rows,
    "",
  ].join("\n");
}
