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

/** How memory has grown between two measurements of the same ceiling. */
export interface Grown {
  kib: number;
  ms: number;
}

/**
 * Milliseconds until the next measurement: the headroom to the next level divided by the fastest fill rate seen
 * (6,000 MiB/s, earlyoom's `stress` figure), within `minMs` … `maxMs`. At critical there is no next level, and none
 * at all under a ceiling of 0 KiB: `maxMs`. Where memory would be critical soon at the rate at which it has `grown`, half
 * of the time to that, and a quarter of `minMs` at least: a host that stays below its limit is not looked at more often.
 */
export function cadenceMs(
  use: MemoryUse,
  limits: Limits,
  bounds: { minMs: number; maxMs: number },
  grown: Grown = { kib: 0, ms: 0 },
): number {
  const level = levelOf(use, limits);
  if (level === "critical") return bounds.maxMs;
  const headroomKib = (to: "warning" | "critical") =>
    reachedAtKib(levelLimit(limits, to), use.limitKib) - use.usedKib;
  const nextKib = headroomKib(level === "warning" ? "critical" : "warning");
  const pacedMs = Math.max(bounds.minMs, Math.floor((nextKib * 1000) / fillRateKibPerSecond));
  const crossingMs =
    grown.kib > 0 && grown.ms > 0
      ? Math.floor((headroomKib("critical") * grown.ms) / grown.kib)
      : Number.POSITIVE_INFINITY;
  const hurriedMs = Math.max(Math.floor(bounds.minMs / 4), Math.floor(crossingMs / 2), 1);
  return Math.min(bounds.maxMs, pacedMs, hurriedMs);
}

const fillRateKibPerSecond = 6000 * 1024;
