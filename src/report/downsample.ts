/** A series of any length as what a picture of some hundred columns can show of it, every spike included. */

import { indexFrom, type Series } from "./series.ts";

/** Positions in pixels and values in KiB, one unbroken stretch of measurement. */
export interface Stretch {
  x: number[];
  kib: number[];
}

export interface Columns {
  fromMs: number;
  toMs: number;
  /** Pixels between the two times. */
  width: number;
}

/**
 * The first, lowest, highest and last sample of each pixel column, at their own times, in stretches between gaps.
 * At most 4 points a column: 10 ms for 604,800 samples, and no sample that is an extreme of its column is lost.
 */
export function stretchesOf(series: Series, { fromMs, toMs, width }: Columns): Stretch[] {
  const { atMs, kib, gapMs } = series;
  const scale = width / (toMs - fromMs);
  const stretches: Stretch[] = [];
  let current: Stretch | undefined;
  let column: ColumnExtremes | undefined;
  let previousMs = Number.NEGATIVE_INFINITY;
  const endMs = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index < endMs; index++) {
    const at = atMs[index] ?? 0;
    const own = Math.floor((at - fromMs) * scale);
    if (!current || at - previousMs > gapMs) {
      if (current && column) put(column, current);
      current = { x: [], kib: [] };
      stretches.push(current);
      column = undefined;
    }
    if (column && column.column === own) widen(column, kib, index);
    else {
      if (column) put(column, current);
      column = { column: own, first: index, lowest: index, highest: index, last: index };
    }
    previousMs = at;
  }
  if (current && column) put(column, current);
  return stretches;

  function put(extremes: ColumnExtremes, stretch: Stretch): void {
    const { first, lowest, highest, last } = extremes;
    let before = -1;
    for (const index of [first, Math.min(lowest, highest), Math.max(lowest, highest), last]) {
      if (index === before) continue;
      stretch.x.push(((atMs[index] ?? 0) - fromMs) * scale);
      stretch.kib.push(kib[index] ?? 0);
      before = index;
    }
  }
}

/** Indexes of samples within one pixel column. */
interface ColumnExtremes {
  column: number;
  first: number;
  lowest: number;
  highest: number;
  last: number;
}

function widen(column: ColumnExtremes, kib: Float64Array, index: number): void {
  const value = kib[index] ?? 0;
  if (value < (kib[column.lowest] ?? 0)) column.lowest = index;
  if (value > (kib[column.highest] ?? 0)) column.highest = index;
  column.last = index;
}

/** The highest value between two times, or undefined when there is none. */
export function highestOf({ atMs, kib }: Series, fromMs: number, toMs: number): number | undefined {
  let highest: number | undefined;
  const end = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index < end; index++) {
    const value = kib[index] ?? 0;
    if (highest === undefined || value > highest) highest = value;
  }
  return highest;
}
