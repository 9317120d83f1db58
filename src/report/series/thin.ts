/** A series with fewer samples that keeps every extreme, for data too large to be shipped whole. */

import type { Series } from "./series.ts";

/** The lowest and the highest sample of each `stretchMs`, at their own times. */
export function thin({ atMs, kib, gapMs }: Series, stretchMs: number): Series {
  // Room for all; what is not used is never touched.
  const kept = new Uint32Array(kib.length);
  let count = 0;
  let stretch = Number.NaN;
  let lowest = -1;
  let highest = -1;
  const flush = () => {
    if (lowest < 0) return;
    kept[count++] = Math.min(lowest, highest);
    if (lowest !== highest) kept[count++] = Math.max(lowest, highest);
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
  const thinnedAtMs = new Float64Array(count);
  const thinnedKib = new Float64Array(count);
  for (let place = 0; place < count; place++) {
    const index = kept[place] ?? 0;
    thinnedAtMs[place] = atMs[index] ?? 0;
    thinnedKib[place] = kib[index] ?? 0;
  }
  // Extremes of neighbouring stretches lie up to two stretches apart.
  return { atMs: thinnedAtMs, kib: thinnedKib, gapMs: gapMs + 2 * stretchMs };
}
