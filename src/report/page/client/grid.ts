/** Several series over one stretch of time as uPlot wants them: one column of times and, for each series, a value or
 * `undefined` (nothing of this series at this time) or `null` (a gap begins: the line breaks). */

import { kibAt, numberAt } from "../../series/column.ts";
import { indexFrom, type Series } from "../../series/series.ts";
import { blockLength, blocksOf } from "./blocks.ts";

export interface View {
  fromMs: number;
  toMs: number;
}

export type Cells = (number | null | undefined)[];
export type Grid = [atMs: number[], ...series: Cells[]];

/**
 * With more samples than the picture has columns: the lowest and highest of each pixel column, in their order, so
 * that a spike of one second is seen at any zoom. With fewer: every sample at its own time.
 */
export function gridOf(series: readonly Series[], view: View, columns: number): Grid {
  const parts = series.map((one) => partOf(one, view));
  const dense = parts.some(({ first, end }) => end - first > 2 * columns);
  return dense ? byColumns(parts, view, columns) : bySamples(parts);
}

/** The samples of a series in view and one on each side, so that lines run to the edges. */
interface Part {
  series: Series;
  /** Index of its first sample. */
  first: number;
  /** Index behind its last. */
  end: number;
}

function partOf(series: Series, { fromMs, toMs }: View): Part {
  const { atMs } = series;
  return {
    series,
    first: Math.max(0, indexFrom(atMs, fromMs) - 1),
    end: Math.min(atMs.length, indexFrom(atMs, toMs + 1) + 1),
  };
}

function byColumns(parts: readonly Part[], { fromMs, toMs }: View, columns: number): Grid {
  const columnMs = (toMs - fromMs) / columns;
  const times = Array.from({ length: 2 * columns }, (_, half) => fromMs + ((half + 0.5) * columnMs) / 2);
  return [times, ...parts.map((part) => columnCells(part, { fromMs, columnMs, columns }))];
}

interface ColumnScale {
  fromMs: number;
  columnMs: number;
  columns: number;
}

function columnCells({ series, first, end }: Part, { fromMs, columnMs, columns }: ColumnScale): Cells {
  const { atMs, kib, gapMs } = series;
  const blocks = blocksOf(series);
  const row: Cells = new Array(2 * columns);
  const columnOf = (ms: number) => Math.floor((ms - fromMs) / columnMs);
  let column = -1;
  let lowest = first;
  let highest = first;
  let previousMs = Number.NaN;
  for (let index = first; index < end; index++) {
    const at = numberAt(atMs, index);
    const own = columnOf(at);
    if (own < 0 || own >= columns) {
      previousMs = at;
      continue;
    }
    // A whole block in one column takes two comparisons instead of 64. With a week shown, most blocks are such.
    const last = index + blockLength - 1;
    const block = index % blockLength === 0 && last < end ? blocks[index / blockLength] : undefined;
    const whole = block && columnOf(numberAt(atMs, last)) === own ? block : undefined;
    const low = whole ? whole.lowest : index;
    const high = whole ? whole.highest : index;
    if (own !== column) {
      put(row, column, kib, lowest, highest);
      // uPlot leaves out what is null and the two lines to it: all cells between the two columns.
      if (at - previousMs > gapMs && column >= 0) row.fill(null, 2 * column + 2, 2 * own);
      column = own;
      lowest = low;
      highest = high;
    } else {
      if (kibAt(kib, low) < kibAt(kib, lowest)) lowest = low;
      if (kibAt(kib, high) > kibAt(kib, highest)) highest = high;
    }
    if (whole) index = last;
    previousMs = numberAt(atMs, index);
  }
  put(row, column, kib, lowest, highest);
  return row;
}

/** The two halves of a column: its extremes in the order in which they came. */
function put(row: Cells, column: number, kib: Series["kib"], lowest: number, highest: number): void {
  if (column < 0) return;
  row[2 * column] = kibAt(kib, Math.min(lowest, highest));
  if (lowest !== highest) row[2 * column + 1] = kibAt(kib, Math.max(lowest, highest));
}

function bySamples(parts: readonly Part[]): Grid {
  const times = Float64Array.from(timesOf(parts)).sort();
  return [Array.from(times), ...parts.map((part) => sampleCells(part, times))];
}

/** The times of all samples, and one in each gap: a place for its `null` where no other series has a sample. */
function timesOf(parts: readonly Part[]): Set<number> {
  const times = new Set<number>();
  for (const { series, first, end } of parts) {
    const { atMs, gapMs } = series;
    let previousMs = Number.POSITIVE_INFINITY;
    for (let index = first; index < end; index++) {
      const at = numberAt(atMs, index);
      if (at - previousMs > gapMs) times.add((at + previousMs) / 2);
      times.add(at);
      previousMs = at;
    }
  }
  return times;
}

function sampleCells({ series: { atMs, kib, gapMs }, first, end }: Part, times: Float64Array): Cells {
  const row: Cells = new Array(times.length);
  let previousMs = Number.POSITIVE_INFINITY;
  let place = -1;
  for (let index = first; index < end; index++) {
    const at = numberAt(atMs, index);
    const own = indexFrom(times, at);
    if (at - previousMs > gapMs) row.fill(null, place + 1, own);
    row[own] = kibAt(kib, index);
    place = own;
    previousMs = at;
  }
  return row;
}
