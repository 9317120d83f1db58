/** Stretches of time in which a series has no sample. */

import { numberAt } from "./column.ts";
import { indexFrom, type Series } from "./series.ts";

/** From the last sample before a gap to the first after it; the edges of the window count as samples. */
export function gapsOf(series: Series, fromMs: number, toMs: number): [fromMs: number, toMs: number][] {
  const { atMs, gapMs } = series;
  const gaps: [number, number][] = [];
  let previous = fromMs;
  const end = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index <= end; index++) {
    const at = index < end ? numberAt(atMs, index) : toMs;
    if (at - previous > gapMs) gaps.push([previous, at]);
    previous = at;
  }
  return gaps;
}
