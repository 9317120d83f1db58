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
 * The lowest and the highest sample of each pixel column, at their own times, in stretches between gaps: 10 ms for
 * 604,800 samples, and no sample that is an extreme of its column is lost. The first and the last sample of a
 * stretch stay too.
 */
export function stretchesOf(series: Series, { fromMs, toMs, width }: Columns): Stretch[] {
  const { atMs, kib, gapMs } = series;
  const scale = width / (toMs - fromMs);
  const stretches: Stretch[] = [];
  let current: Stretch | undefined;
  let column: ColumnExtremes | undefined;
  let previousMs = Number.NEGATIVE_INFINITY;
  const endIndex = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index < endIndex; index++) {
    const at = atMs[index] ?? 0;
    const own = Math.floor((at - fromMs) * scale);
    if (!current || at - previousMs > gapMs) {
      if (current && column) end(column, current, index - 1);
      current = { x: [], kib: [] };
      stretches.push(current);
      point(current, index);
      column = undefined;
    }
    if (column && column.column === own) widen(column, kib, index);
    else {
      if (column) put(column, current);
      column = { column: own, lowest: index, highest: index };
    }
    previousMs = at;
  }
  if (current && column) end(column, current, endIndex - 1);
  return stretches;

  function point(stretch: Stretch, index: number): void {
    const x = ((atMs[index] ?? 0) - fromMs) * scale;
    // The first or last sample of a stretch that is also an extreme.
    if (x === stretch.x.at(-1)) return;
    stretch.x.push(x);
    stretch.kib.push(kib[index] ?? 0);
  }

  function put({ lowest, highest }: ColumnExtremes, stretch: Stretch): void {
    point(stretch, Math.min(lowest, highest));
    point(stretch, Math.max(lowest, highest));
  }

  function end(extremes: ColumnExtremes, stretch: Stretch, last: number): void {
    put(extremes, stretch);
    point(stretch, last);
  }
}

/** Indexes of samples within one pixel column. */
interface ColumnExtremes {
  column: number;
  lowest: number;
  highest: number;
}

function widen(column: ColumnExtremes, kib: Float64Array, index: number): void {
  const value = kib[index] ?? 0;
  if (value < (kib[column.lowest] ?? 0)) column.lowest = index;
  if (value > (kib[column.highest] ?? 0)) column.highest = index;
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
