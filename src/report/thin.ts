/** A series with fewer samples that keeps every extreme, for data too large to be shipped whole. */

import type { Series } from "./series.ts";

/** The lowest and the highest sample of each `stretchMs`, at their own times. */
export function thin({ atMs, kib, gapMs }: Series, stretchMs: number): Series {
  const kept: number[] = [];
  let stretch = Number.NaN;
  let lowest = -1;
  let highest = -1;
  const flush = () => {
    if (lowest < 0) return;
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  };
  for (let index = 0; index < kib.length; index++) {
    const own = Math.floor((atMs[index] ?? 0) / stretchMs);
    if (own !== stretch) {
      flush();
      stretch = own;
      lowest = index;
      highest = index;
    } else if ((kib[index] ?? 0) < (kib[lowest] ?? 0)) lowest = index;
    else if ((kib[index] ?? 0) > (kib[highest] ?? 0)) highest = index;
  }
  flush();
  return {
    atMs: Float64Array.from(kept, (index) => atMs[index] ?? 0),
    kib: Float64Array.from(kept, (index) => kib[index] ?? 0),
    // Extremes of neighbouring stretches lie up to two stretches apart.
    gapMs: gapMs + 2 * stretchMs,
  };
}
