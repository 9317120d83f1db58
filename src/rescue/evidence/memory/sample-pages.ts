/** Which pages of some areas are looked at: spread over all of them, in an order without a pattern. Pure. */

import type { Extent } from "../../../core/memory-areas.ts";
import { pageBytes } from "../../../linux/process-memory.ts";

export interface SamplePlan {
  /** Addresses of pages. Any beginning of it is a fair sample. */
  places: Float64Array;
  pagesInAll: number;
}

/**
 * All pages where there are at most `placesMax`; else one, taken at random, of each of `placesMax` equal parts: that
 * spreads better than as many taken from all. `random` gives numbers from 0 up to 1.
 */
export function planSample(areas: readonly Extent[], placesMax: number, random: () => number): SamplePlan {
  const sizes = areas.map(({ from, to }) => Math.max(0, Math.floor((to - from) / pageBytes)));
  const pagesInAll = sizes.reduce((sum, size) => sum + size, 0);
  const count = Math.min(pagesInAll, placesMax);
  const places = new Float64Array(count);
  let area = 0;
  let before = 0;
  for (let index = 0; index < count; index++) {
    const first = Math.floor((index * pagesInAll) / count);
    const behind = Math.floor(((index + 1) * pagesInAll) / count);
    const page = first + Math.floor(random() * (behind - first));
    while (page >= before + (sizes[area] ?? Number.POSITIVE_INFINITY)) before += sizes[area++] ?? 0;
    places[index] = (areas[area]?.from ?? 0) + (page - before) * pageBytes;
  }
  shuffle(places, random);
  return { places, pagesInAll };
}

function shuffle(places: Float64Array, random: () => number): void {
  for (let index = places.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const kept = places[index] ?? 0;
    places[index] = places[other] ?? 0;
    places[other] = kept;
  }
}
