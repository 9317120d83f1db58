/** Whether a series grows, how fast, and when that uses up what is left. */

import { sampleCovariance, sampleVariance } from "simple-statistics";
import { numberAt } from "../series/column.ts";

/** The straight line through the series by least squares. */
export interface Trend {
  kibPerMinute: number;
  /** 1: the line explains everything; 0: nothing. */
  r2: number;
}

/** `values` are those at `atMs`. Undefined for a single sample, and for samples that all have one time. */
export function trendOf(atMs: Float64Array, values: number[]): Trend | undefined {
  const firstMs = numberAt(atMs, 0);
  if (numberAt(atMs, atMs.length - 1) <= firstMs) return undefined;
  const minutes = new Array<number>(atMs.length);
  for (let index = 0; index < atMs.length; index++)
    minutes[index] = (numberAt(atMs, index) - firstMs) / 60_000;
  const covariance = sampleCovariance(minutes, values);
  const spread = sampleVariance(minutes);
  const variance = sampleVariance(values);
  return {
    kibPerMinute: covariance / spread,
    r2: variance === 0 ? 0 : covariance ** 2 / (spread * variance),
  };
}

/** A line that explains less than half of the variance is no growth to extrapolate. */
const trendR2Min = 0.5;
const aYearMinutes = 365 * 24 * 60;

/**
 * When `headroomKib` is used up at this growth, in ms from the end of the window. 0 where none is left, undefined
 * where the growth is not clear or leaves more than a year.
 */
export function exhaustedInMs(growth: Trend | undefined, headroomKib: number): number | undefined {
  if (!growth || growth.kibPerMinute <= 0 || growth.r2 < trendR2Min) return undefined;
  const minutes = Math.max(0, headroomKib) / growth.kibPerMinute;
  return minutes > aYearMinutes ? undefined : minutes * 60_000;
}
