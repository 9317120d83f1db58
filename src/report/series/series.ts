/** One line of numbers over time, with its gaps. */

import type { KibColumn } from "../../core/recording.ts";
import { numberAt } from "./column.ts";

/** Times in ms since 1970, ascending, and values in KiB; both of one length. */
export interface Series {
  atMs: Float64Array;
  kib: KibColumn;
  /** Two samples further apart than this have nothing measured between them. */
  gapMs: number;
}

/** A tick of 1 s that comes late or is missing makes no gap. */
const gapMsMin = 3_500;
const intervalsMax = 1_001;

/** With `thinnedMs` there are only the extremes of stretches this long, which lie up to two stretches apart. */
export function seriesOf(atMs: Float64Array, kib: KibColumn, thinnedMs = 0): Series {
  return { atMs, kib, gapMs: gapOf(atMs) + 2 * thinnedMs };
}

/** Three times the usual interval, so that a measurement every 10 s is not all gaps. */
export function gapOf(atMs: Float64Array): number {
  const stride = Math.max(1, Math.floor(atMs.length / intervalsMax));
  const intervals: number[] = [];
  for (let index = stride; index < atMs.length; index += stride)
    intervals.push(numberAt(atMs, index) - numberAt(atMs, index - 1));
  intervals.sort((a, b) => a - b);
  const usual = intervals[Math.floor(intervals.length / 2)];
  return usual === undefined ? gapMsMin : Math.max(gapMsMin, 3 * usual);
}

/** The index of the first sample at or after `atMs`; the length when there is none. */
export function indexFrom(times: Float64Array, atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(times, middle) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
