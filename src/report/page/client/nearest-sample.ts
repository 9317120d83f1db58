/** The sample of a series that is nearest to a moment. */

import { kibAt } from "../../series/column.ts";
import { indexFrom, type Series } from "../../series/series.ts";

/** Of two equally near the earlier one. Undefined where nothing was measured. */
export function nearestSample(
  { atMs, kib, gapMs }: Series,
  ms: number,
): { atMs: number; kib: number } | undefined {
  const after = indexFrom(atMs, ms);
  const beforeMs = atMs[after - 1] ?? Number.NEGATIVE_INFINITY;
  const afterMs = atMs[after] ?? Number.POSITIVE_INFINITY;
  const isBefore = ms - beforeMs <= afterMs - ms && after > 0;
  const at = isBefore ? beforeMs : afterMs;
  if (Math.abs(at - ms) > gapMs) return undefined;
  return { atMs: at, kib: kibAt(kib, isBefore ? after - 1 : after) };
}
