/**
 * Whether memory rises so that the rise can be believed: rule and figures were found on loads of known truth, see
 * `make forecast-score`. Growth is what the lowest values do, since no collection gives it back.
 */

import type { Minutes, Span } from "./minutes.ts";

export interface Rise {
  kibPerMinute: number;
  /** The highest value of late, which the time left is counted from. */
  highKib: number;
  /** How long it was looked at. */
  windowMinutes: number;
}

/** A saw-tooth of 15 min rises steadily when seen by the minute, and not when seen by 16 minutes. */
const scales = [1, 2, 4, 8, 16, 32];
const spansPerScale = 12;
/** Share of pairs that rise, less that of pairs that fall, of 66. */
const lowsRiseMin = 0.6;
const highsRiseMin = 0.4;
/** Slopes of the lows, of their latter half and of the highs are at most this far from each other. */
const slopesRatioMax = 2;
/** How much of what was gained within the window is above everything before it. */
const newGroundShareMin = 0.75;
/** Of the minutes before the window; within it every other minute of a span is enough. */
const beforeShareMin = 5 / 6;

/** By the first scale that shows one; `end` is the minute that is under way, which is not a minute yet. */
export function riseOf(minutes: Minutes, end: number): Rise | undefined {
  for (const scale of scales) {
    const rise = riseAt(minutes, end, scale);
    if (rise) return rise;
  }
  return undefined;
}

function riseAt(minutes: Minutes, end: number, scale: number): Rise | undefined {
  const windowMinutes = spansPerScale * scale;
  const begin = end - windowMinutes;
  // As long before the window as the window is, or the highest before it says little.
  const { observed } = minutes.span(begin - windowMinutes, begin);
  if (observed < beforeShareMin * windowMinutes) return undefined;
  const spans = Array.from({ length: spansPerScale }, (_, index) =>
    minutes.span(begin + index * scale, begin + (index + 1) * scale),
  );
  if (!spans.every((span) => isWellObserved(span, scale))) return undefined;
  const lows = spans.map(({ low }) => low);
  const highs = spans.map(({ high }) => high);
  if (kendall(lows) < lowsRiseMin || kendall(highs) < highsRiseMin) return undefined;
  const slopes = [lows, lows.slice(-spansPerScale / 2), highs].map((values) => theilSen(values) / scale);
  const least = Math.min(...slopes);
  if (least <= 0 || Math.max(...slopes) > slopesRatioMax * least) return undefined;
  const kibPerMinute = median(slopes);
  const highKib = Math.max(...highs.slice(-2));
  const before = minutes.span(Number.NEGATIVE_INFINITY, begin);
  if (highKib - before.high < newGroundShareMin * kibPerMinute * windowMinutes) return undefined;
  return { kibPerMinute, highKib, windowMinutes };
}

function isWellObserved({ observed }: Span, minutes: number): boolean {
  return observed * 2 >= minutes;
}

/** The median of the slopes of all pairs, per step: up to 29 % of the values may be anything. */
export function theilSen(values: readonly number[]): number {
  return median(pairs(values).map(([earlier, later, steps]) => (later - earlier) / steps));
}

/** Of all pairs, how often the later value is the larger one, less how often it is the smaller one: -1 to 1. */
export function kendall(values: readonly number[]): number {
  const all = pairs(values);
  return all.reduce((sum, [earlier, later]) => sum + Math.sign(later - earlier), 0) / all.length;
}

function pairs(values: readonly number[]): [earlier: number, later: number, steps: number][] {
  return values.flatMap((earlier, at) =>
    values.slice(at + 1).map((later, index): [number, number, number] => [earlier, later, index + 1]),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
