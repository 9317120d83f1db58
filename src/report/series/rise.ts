/** By how much a series rose between two times, and since when a process is the one that it is. */

import { indexFrom, type Series } from "./series.ts";
import type { Subject } from "./subject.ts";

/** In KiB, negative where it fell; 0 where nothing was measured. */
export function riseOf({ atMs, kib }: Series, fromMs: number, toMs: number): number {
  const first = kib[indexFrom(atMs, fromMs)];
  const last = kib[indexFrom(atMs, toMs + 1) - 1];
  return first === undefined || last === undefined ? 0 : last - first;
}

/** When the life began that the process was in at `atMs`: what one before it held is not its growth. */
export function lifeFrom({ process }: Pick<Subject, "process">, atMs: number): number {
  return process?.livesFromMs?.findLast((fromMs) => fromMs <= atMs) ?? Number.NEGATIVE_INFINITY;
}
