/** Rows reduced to the lowest and the highest of each stretch of time, so that spikes survive. */

import type { Columns, RowOf } from "./columns.ts";

/** Columns of which the first is the time. */
type TimedNames = readonly ["atMs", ...string[]];

export interface Thinner<Names extends TimedNames> {
  push(row: RowOf<Names>): void;
  /** Hands over what is kept of the last stretch. */
  flush(): void;
}

/**
 * Of each `stretchMs` the rows remain that hold the lowest and the highest of the `watched` columns, in order of
 * time: at most two a column.
 */
export function thinner<Names extends TimedNames>(
  columns: Columns<Names>,
  stretchMs: number,
  watched: readonly Names[number][],
): Thinner<Names> {
  type Row = RowOf<Names>;
  const indexes = watched.map((name) => columns.names.indexOf(name));
  let stretch = Number.NaN;
  let extremes: Extremes<Row>[] = [];
  const flush = () => {
    const kept = new Set(extremes.flatMap(({ lowest, highest }) => [lowest, highest]));
    for (const row of [...kept].sort((a, b) => a[0] - b[0])) columns.push(row);
    extremes = [];
  };
  return {
    push(row) {
      const own = Math.floor(row[0] / stretchMs);
      if (own !== stretch) {
        flush();
        stretch = own;
        extremes = indexes.map((index) => ({ index, lowest: row, highest: row }));
        return;
      }
      for (const extreme of extremes) {
        const { index, lowest, highest } = extreme;
        // What was not measured is no extreme: NaN is neither below nor above anything.
        const value = row[index] ?? Number.NaN;
        if (value < (lowest[index] ?? Number.POSITIVE_INFINITY)) extreme.lowest = row;
        if (value > (highest[index] ?? Number.NEGATIVE_INFINITY)) extreme.highest = row;
      }
    },
    flush,
  };
}

/** Whole seconds, in ms, of which a thinner keeps so much that `rowsMax` rows are left; 0 when all may be kept. */
export function stretchFor(
  rows: number,
  spanMs: number,
  { rowsMax, keptAStretch }: { rowsMax: number; keptAStretch: number },
): number {
  if (rows <= rowsMax) return 0;
  return Math.ceil((keptAStretch * spanMs) / rowsMax / 1000) * 1000;
}

interface Extremes<Row> {
  index: number;
  lowest: Row;
  highest: Row;
}
