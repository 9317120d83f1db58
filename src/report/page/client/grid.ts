/** Several series over one stretch of time as uPlot wants them: one column of times and, for each series, a value or
 * `undefined` (nothing of this series at this time) or `null` (a gap begins: the line breaks). */

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
  const ranges = series.map((one) => rangeOf(one, view));
  const dense = ranges.some(({ first, end }) => end - first > 2 * columns);
  return dense ? byColumns(series, ranges, view, columns) : bySamples(series, ranges);
}

/** Indexes of the samples in view and one on each side, so that lines run to the edges. */
interface Range {
  first: number;
  end: number;
}

function rangeOf({ atMs }: Series, { fromMs, toMs }: View): Range {
  return {
    first: Math.max(0, indexFrom(atMs, fromMs) - 1),
    end: Math.min(atMs.length, indexFrom(atMs, toMs + 1) + 1),
  };
}

function byColumns(series: readonly Series[], ranges: readonly Range[], view: View, columns: number): Grid {
  const columnMs = (view.toMs - view.fromMs) / columns;
  const times = Array.from({ length: 2 * columns }, (_, half) => view.fromMs + ((half + 0.5) * columnMs) / 2);
  const cells = series.map((one, which) =>
    columnCells(one, ranges[which] ?? { first: 0, end: 0 }, { fromMs: view.fromMs, columnMs, columns }),
  );
  return [times, ...cells];
}

interface ColumnScale {
  fromMs: number;
  columnMs: number;
  columns: number;
}

function columnCells(
  series: Series,
  { first, end }: Range,
  { fromMs, columnMs, columns }: ColumnScale,
): Cells {
  const { atMs, kib, gapMs } = series;
  const { lowest: blockLowest, highest: blockHighest, broken } = blocksOf(series);
  const row: Cells = new Array(2 * columns);
  const columnOf = (index: number) => Math.floor(((atMs[index] ?? 0) - fromMs) / columnMs);
  let column = -1;
  let lowest = first;
  let highest = first;
  let previousMs = Number.NaN;
  for (let index = first; index < end; index++) {
    const at = atMs[index] ?? 0;
    const own = columnOf(index);
    const block = index / blockLength;
    const last = index + blockLength - 1;
    if (own < 0 || own >= columns) {
      previousMs = at;
      continue;
    }
    // A whole block in this column, most of them when a week is shown: two comparisons instead of 64.
    const isWhole = Number.isInteger(block) && last < end && broken[block] === 0 && columnOf(last) === own;
    const low = isWhole ? (blockLowest[block] ?? index) : index;
    const high = isWhole ? (blockHighest[block] ?? index) : index;
    if (own !== column) {
      put(row, column, kib, lowest, highest);
      // uPlot leaves out what is null and the two lines to it: all cells between the two columns.
      if (at - previousMs > gapMs && column >= 0) row.fill(null, 2 * column + 2, 2 * own);
      column = own;
      lowest = low;
      highest = high;
    } else {
      if ((kib[low] ?? 0) < (kib[lowest] ?? 0)) lowest = low;
      if ((kib[high] ?? 0) > (kib[highest] ?? 0)) highest = high;
    }
    if (isWhole) index = last;
    previousMs = atMs[index] ?? 0;
  }
  put(row, column, kib, lowest, highest);
  return row;
}

/** The two halves of a column: its extremes in the order in which they came. */
function put(row: Cells, column: number, kib: Float64Array, lowest: number, highest: number): void {
  if (column < 0) return;
  row[2 * column] = kib[Math.min(lowest, highest)];
  if (lowest !== highest) row[2 * column + 1] = kib[Math.max(lowest, highest)];
}

function bySamples(series: readonly Series[], ranges: readonly Range[]): Grid {
  const times = new Set<number>();
  for (const [which, { atMs, gapMs }] of series.entries()) {
    const { first, end } = ranges[which] ?? { first: 0, end: 0 };
    for (let index = first; index < end; index++) {
      const at = atMs[index] ?? 0;
      const previous = index > first ? (atMs[index - 1] ?? 0) : at;
      // A place for the gap, where no other series has a sample in it.
      if (at - previous > gapMs) times.add((at + previous) / 2);
      times.add(at);
    }
  }
  const sorted = Float64Array.from(times).sort();
  const cells = series.map(({ atMs, kib, gapMs }, which): Cells => {
    const row: Cells = new Array(sorted.length);
    const { first, end } = ranges[which] ?? { first: 0, end: 0 };
    let place = -1;
    for (let index = first; index < end; index++) {
      const own = indexFrom(sorted, atMs[index] ?? 0);
      const isGap = index > first && (atMs[index] ?? 0) - (atMs[index - 1] ?? 0) > gapMs;
      if (isGap) row.fill(null, place + 1, own);
      row[own] = kib[index];
      place = own;
    }
    return row;
  });
  return [Array.from(sorted), ...cells];
}

/** The sample nearest to a moment, or undefined where nothing was measured. */
export function nearestSample(
  { atMs, kib, gapMs }: Series,
  ms: number,
): { atMs: number; kib: number } | undefined {
  const after = indexFrom(atMs, ms);
  const index =
    after > 0 && ms - (atMs[after - 1] ?? 0) <= (atMs[after] ?? Number.POSITIVE_INFINITY) - ms
      ? after - 1
      : after;
  const at = atMs[index];
  if (at === undefined || Math.abs(at - ms) > gapMs) return undefined;
  return { atMs: at, kib: kib[index] ?? 0 };
}
