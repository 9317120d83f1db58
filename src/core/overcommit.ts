/** What NSO's guide recommends for strict overcommit (facts 3.13). */

/** `vm.overcommit_ratio` in percent: 95 without swap, else what swap leaves of RAM, less 5 points. Never below 1. */
export function recommendedRatio({
  memTotalKib,
  swapTotalKib,
}: {
  memTotalKib: number;
  swapTotalKib: number;
}): number {
  if (swapTotalKib === 0) return 95;
  return Math.max(1, Math.floor((100 * (memTotalKib - swapTotalKib)) / memTotalKib) - 5);
}
