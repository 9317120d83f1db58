/** The lowest and the highest sample of each part of a series: no spike is lost, whatever else is. */

import { kibAt, numberAt } from "./column.ts";
import type { Series } from "./series.ts";

/**
 * Calls `take` with the indexes of the lowest and the highest sample of each part, the earlier one first, part after
 * part. Samples from `first` up to but not at `end`; `partOf` says to which part a time belongs, and never steps back.
 */
export function forEachExtremes(
  { atMs, kib }: Pick<Series, "atMs" | "kib">,
  { first, end, partOf }: { first: number; end: number; partOf: (atMs: number) => number },
  take: (earlier: number, later: number) => void,
): void {
  if (first >= end) return;
  let part = partOf(numberAt(atMs, first));
  let lowest = first;
  let highest = first;
  let lowestKib = kibAt(kib, first);
  let highestKib = lowestKib;
  for (let index = first + 1; index < end; index++) {
    const own = partOf(numberAt(atMs, index));
    const value = kibAt(kib, index);
    if (own !== part) {
      take(Math.min(lowest, highest), Math.max(lowest, highest));
      part = own;
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
  take(Math.min(lowest, highest), Math.max(lowest, highest));
}
