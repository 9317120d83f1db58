/** A series with fewer samples that keeps every extreme, for data too large to be shipped whole. */

import { kibAt, numberAt } from "./column.ts";
import { forEachExtremes } from "./extremes.ts";
import type { Series } from "./series.ts";

/** The lowest and the highest sample of each `stretchMs`, at their own times. */
export function thin(series: Series, stretchMs: number): Series {
  const { atMs, kib, gapMs } = series;
  // Room for all; what is not used is never touched.
  const kept = new Uint32Array(kib.length);
  let count = 0;
  const partOf = (at: number) => Math.floor(at / stretchMs);
  forEachExtremes(series, { first: 0, end: kib.length, partOf }, (earlier, later) => {
    kept[count++] = earlier;
    if (later !== earlier) kept[count++] = later;
  });
  const thinnedAtMs = new Float64Array(count);
  const thinnedKib = new Float64Array(count);
  let place = 0;
  for (const index of kept.subarray(0, count)) {
    thinnedAtMs[place] = numberAt(atMs, index);
    thinnedKib[place++] = kibAt(kib, index);
  }
  // Extremes of neighbouring stretches lie up to two stretches apart.
  return { atMs: thinnedAtMs, kib: thinnedKib, gapMs: gapMs + 2 * stretchMs };
}
