/** One line of numbers over time, with its gaps. */

/** Times in ms since 1970, ascending, and values in KiB; both of one length. */
export interface Series {
  atMs: Float64Array;
  kib: Float64Array;
  /** Two samples further apart than this have nothing measured between them. */
  gapMs: number;
}

/** Ticks of 1 s that come late, or one that is missed, are no gap. */
const gapMsMin = 3_500;
const intervalsMax = 1_001;

/** `thinnedMs`: only the extremes of stretches this long are there, which lie up to two stretches apart. */
export function seriesOf(atMs: Float64Array, kib: Float64Array, thinnedMs = 0): Series {
  return { atMs, kib, gapMs: gapOf(atMs) + 2 * thinnedMs };
}

/** Three times the usual interval, so that a measurement every 10 s is not all gaps. */
export function gapOf(atMs: Float64Array): number {
  const stride = Math.max(1, Math.floor(atMs.length / intervalsMax));
  const intervals: number[] = [];
  for (let index = stride; index < atMs.length; index += stride)
    intervals.push((atMs[index] ?? 0) - (atMs[index - 1] ?? 0));
  intervals.sort((a, b) => a - b);
  return Math.max(gapMsMin, 3 * (intervals[Math.floor(intervals.length / 2)] ?? 0));
}

/** The index of the first sample at or after `atMs`; the length when there is none. */
export function indexFrom(times: Float64Array, atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
