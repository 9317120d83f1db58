/** The level of one memory kind at one moment, from numbers alone. */

import { hasReached, type Limit, type MemoryUse, reachedAtKib } from "./limit.ts";

export const levels = ["normal", "warning", "critical"] as const;
export type Level = (typeof levels)[number];

/** `normal` 0, `warning` 1, `critical` 2, so that levels compare. */
export function severity(level: Level): number {
  return levels.indexOf(level);
}

/** Where the levels of one memory kind begin. */
export interface Limits {
  warningPercent: number;
  criticalPercent: number;
  warningFreeKib?: number | undefined;
  criticalFreeKib?: number | undefined;
}

/** The level of `use` under `limits`. */
export function levelOf(use: MemoryUse, limits: Limits): Level {
  if (hasReached(levelLimit(limits, "critical"), use)) return "critical";
  if (hasReached(levelLimit(limits, "warning"), use)) return "warning";
  return "normal";
}

/** Where one level begins. */
export function levelLimit(limits: Limits, level: Exclude<Level, "normal">): Limit {
  return level === "critical"
    ? { percent: limits.criticalPercent, freeKib: limits.criticalFreeKib }
    : { percent: limits.warningPercent, freeKib: limits.warningFreeKib };
}

/**
 * Milliseconds until the next measurement: the headroom to the next level divided by the fastest fill rate seen
 * (6,000 MiB/s, earlyoom's `stress` figure), within `minMs` … `maxMs`. At critical there is no next level, and none
 * at all under a ceiling of 0 KiB: `maxMs`.
 */
export function cadenceMs(use: MemoryUse, limits: Limits, bounds: { minMs: number; maxMs: number }): number {
  const level = levelOf(use, limits);
  if (level === "critical") return bounds.maxMs;
  const next = levelLimit(limits, level === "warning" ? "critical" : "warning");
  const headroomKib = reachedAtKib(next, use.limitKib) - use.usedKib;
  const waitMs = Math.floor((headroomKib * 1000) / fillRateKibPerSecond);
  return Math.min(bounds.maxMs, Math.max(bounds.minMs, waitMs));
}

const fillRateKibPerSecond = 6000 * 1024;
