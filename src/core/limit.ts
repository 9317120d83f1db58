/** Where a limit is reached and where it is clear again: the one arithmetic of levels, rules and confirmations. */

/** A used/limit pair in KiB. */
export interface MemoryUse {
  usedKib: number;
  limitKib: number;
}

/**
 * Reached at or above `percent` and, with `freeKib`, only where less than that is free as well: 5 % of 256 GiB is
 * 12.8 GiB (facts 2.3). Percentages have two decimals at most, and compare in basis points as plot.sh compares them.
 */
export interface Limit {
  percent: number;
  freeKib?: number | undefined;
}

/** Exactly at the limit is reached: 90 % is a warning. A ceiling of 0 KiB is never reached: it has no size to fill. */
export function hasReached(limit: Limit, { usedKib, limitKib }: MemoryUse): boolean {
  return usedKib >= reachedAtKib(limit, limitKib);
}

/** The least use in KiB that reaches `limit` under a ceiling of `limitKib`; Infinity for a ceiling of 0. */
export function reachedAtKib({ percent, freeKib }: Limit, limitKib: number): number {
  if (limitKib <= 0) return Number.POSITIVE_INFINITY;
  const atPercentKib = Math.ceil((limitKib * basisPointsOf(percent)) / wholeBasisPoints);
  return freeKib === undefined ? atPercentKib : Math.max(atPercentKib, limitKib - freeKib + 1);
}

/**
 * Whether the use is `recoveryPoints` percentage points or more below where `limit` begins. Between clear and reached
 * lies a margin in which nothing changes. A ceiling of 0 KiB is always clear.
 */
export function isClear(
  { percent, freeKib }: Limit,
  { usedKib, limitKib }: MemoryUse,
  recoveryPoints: number,
): boolean {
  if (limitKib <= 0) return true;
  const marginBasisPoints = basisPointsOf(recoveryPoints);
  const used = usedKib * wholeBasisPoints;
  if (used <= limitKib * (basisPointsOf(percent) - marginBasisPoints)) return true;
  if (freeKib === undefined) return false;
  return used <= limitKib * (wholeBasisPoints - marginBasisPoints) - freeKib * wholeBasisPoints;
}

/** 100 %. Products with it are exact up to 2^53, which is a ceiling of 838 TiB. */
const wholeBasisPoints = 10_000;

function basisPointsOf(percent: number): number {
  return Math.round(percent * 100);
}
