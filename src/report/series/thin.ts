/** A series with fewer samples that keeps every extreme, for data too large to be shipped whole. */

import { numberAt } from "./column.ts";
import type { Series } from "./series.ts";

/** The lowest and the highest sample of each `stretchMs`, at their own times. */
export function thin({ atMs, kib, gapMs }: Series, stretchMs: number): Series {
  // Room for all; what is not used is never touched.
  const kept = new Uint32Array(kib.length);
  let count = 0;
  let stretch = Number.NaN;
  let lowest = 0;
  let highest = 0;
  let lowestKib = Number.NaN;
  let highestKib = Number.NaN;
  for (let index = 0; index < kib.length; index++) {
    const own = Math.floor(numberAt(atMs, index) / stretchMs);
    const value = numberAt(kib, index);
    if (own !== stretch) {
      if (index > 0) count = keep(kept, count, lowest, highest);
      stretch = own;
      lowest = index;
      highest = index;
      lowestKib = value;
      highestKib = value;
    } else if (value < lowestKib) {
      lowest = index;
      lowestKib = value;
    } else if (value > highestKib) {
      highest = index;
      highestKib = value;
    }
  }
  if (kib.length > 0) count = keep(kept, count, lowest, highest);
  const thinnedAtMs = new Float64Array(count);
  const thinnedKib = new Float64Array(count);
  let place = 0;
  for (const index of kept.subarray(0, count)) {
    thinnedAtMs[place] = numberAt(atMs, index);
    thinnedKib[place++] = numberAt(kib, index);
  }
  // Extremes of neighbouring stretches lie up to two stretches apart.
  return { atMs: thinnedAtMs, kib: thinnedKib, gapMs: gapMs + 2 * stretchMs };
}

/** Appends the two indexes in their order, or one where they are the same. Returns how many there are then. */
function keep(kept: Uint32Array, count: number, lowest: number, highest: number): number {
  kept[count] = Math.min(lowest, highest);
  if (lowest === highest) return count + 1;
  kept[count + 1] = Math.max(lowest, highest);
  return count + 2;
}
