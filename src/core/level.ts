/** The level of one memory kind at one moment, from numbers alone. */

export const levels = ["normal", "warning", "critical"] as const;
export type Level = (typeof levels)[number];

/** `normal` 0, `warning` 1, `critical` 2, so that levels compare. */
export function severity(level: Level): number {
  return levels.indexOf(level);
}

/** A used/limit pair in KiB. */
export interface MemoryUse {
  usedKib: number;
  limitKib: number;
}

/**
 * Where the levels of one memory kind begin. Percentages have two decimals at most. With `…FreeKib` a level
 * needs both: the percentage reached and less than this much free (facts 2.3: 5 % of 256 GiB is 12.8 GiB).
 */
export interface Limits {
  warningPercent: number;
  criticalPercent: number;
  warningFreeKib?: number | undefined;
  criticalFreeKib?: number | undefined;
}

/**
 * The level of `use` under `limits`. A level begins exactly at its limit: 90 % is a warning and 95 % critical.
 * Integer arithmetic in basis points, as plot.sh does it, so that both paths agree on every number.
 */
export function levelOf(use: MemoryUse, limits: Limits): Level {
  if (reached(use, limits.criticalPercent, limits.criticalFreeKib)) return "critical";
  if (reached(use, limits.warningPercent, limits.warningFreeKib)) return "warning";
  return "normal";
}

function reached(use: MemoryUse, percent: number, freeKib: number | undefined): boolean {
  if (use.limitKib <= 0) return false;
  const basisPoints = Math.round(percent * 100);
  if (use.usedKib * 10_000 < use.limitKib * basisPoints) return false;
  return freeKib === undefined || use.limitKib - use.usedKib < freeKib;
}

/**
 * Milliseconds until the next measurement: the headroom to the next level divided by the fastest fill rate seen
 * (6,000 MiB/s, earlyoom's `stress` figure), within `minMs` … `maxMs`. At critical there is no next level, and none
 * at all for a limit of 0: `maxMs`.
 */
export function cadenceMs(use: MemoryUse, limits: Limits, bounds: { minMs: number; maxMs: number }): number {
  const level = levelOf(use, limits);
  if (level === "critical" || use.limitKib <= 0) return bounds.maxMs;
  const [percent, freeKib] =
    level === "warning"
      ? [limits.criticalPercent, limits.criticalFreeKib]
      : [limits.warningPercent, limits.warningFreeKib];
  const atPercentKib = Math.ceil((use.limitKib * Math.round(percent * 100)) / 10_000);
  const atFreeKib = freeKib === undefined ? 0 : use.limitKib - freeKib + 1;
  const headroomKib = Math.max(atPercentKib, atFreeKib) - use.usedKib;
  const waitMs = Math.floor((headroomKib * 1000) / fillRateKibPerSecond);
  return Math.min(bounds.maxMs, Math.max(bounds.minMs, waitMs));
}

const fillRateKibPerSecond = 6000 * 1024;
