/** Who of those that are not NSO's holds most of everything else: a cgroup beside the core's, or a process in it. Pure. */

import { isSameCeiling } from "./ceiling-name.ts";
import { formatKib } from "./units.ts";

/** One that is not NSO's, as it was seen at one time. */
export interface BesideUse {
  /** In a sentence, and what it is known by: "neighbour.service in cgroup /site.slice", "stress (PID 7)". */
  name: string;
  usedKib: number;
}

/** What was seen beside NSO under one ceiling at one time. */
export interface BesideLook {
  atMs: number;
  ceiling: string;
  /** The largest first. Whoever is missing held no more than the last of `besideMax`, or was not there. */
  largest: BesideUse[];
}

export const besideMax = 8;

/** The one that grew most, or the largest where nobody was looked at twice. */
export interface Beside {
  name: string;
  nowKib: number;
  /** Null where nothing is known of before. */
  grewKib: number | null;
  overMs: number;
}

/** From the oldest look at the newest one's ceiling; undefined where nobody is beside NSO. */
export function besideOf(looks: readonly BesideLook[]): Beside | undefined {
  const last = looks.at(-1);
  if (!last) return undefined;
  const other = looks.findLastIndex(({ ceiling }) => !isSameCeiling(ceiling, last.ceiling));
  const first = looks[other + 1] ?? last;
  const [largest] = last.largest;
  if (!largest) return undefined;
  if (first === last) return { name: largest.name, nowKib: largest.usedKib, grewKib: null, overMs: 0 };
  // One that was not among so many held no more than the smallest of them.
  const unseenKib = first.largest.length < besideMax ? 0 : (first.largest.at(-1)?.usedKib ?? 0);
  const overMs = last.atMs - first.atMs;
  const all = last.largest.map(({ name, usedKib }) => {
    const beforeKib = first.largest.find((one) => one.name === name)?.usedKib ?? unseenKib;
    return { name, nowKib: usedKib, grewKib: usedKib - beforeKib, overMs };
  });
  return all.reduce((most, one) => (one.grewKib > most.grewKib ? one : most));
}

/**
 * Behind "everything else grew by … to …": ", most of it NAME, which grew by 1.2 GiB in 10 s to 3.0 GiB". `restKib` is all
 * of it now: how much it grew is of a longer time, since who it was is looked at only when memory is short.
 */
export function besideWords({ name, nowKib, grewKib, overMs }: Beside, restKib: number): string {
  if (grewKib === null || grewKib <= 0) return `, the largest of it ${name} with ${formatKib(nowKib)}`;
  const share = nowKib * 2 >= restKib ? "most of it" : "among it";
  const seconds = Math.max(1, Math.round(overMs / 1000));
  return `, ${share} ${name}, which grew by ${formatKib(grewKib)} in ${seconds} s to ${formatKib(nowKib)}`;
}
