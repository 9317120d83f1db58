/** Rows reduced to the lowest and the highest of each stretch of time, so that spikes survive. */

import type { Columns } from "./columns.ts";

/** `[atMs, …values]` */
type Row = readonly number[];

export interface Thinner {
  push(row: Row): void;
  /** Hands over what is kept of the last stretch. */
  flush(): void;
}

/**
 * Of each `stretchMs` the rows remain that hold the lowest and the highest of the `watched` columns, in order of
 * time: at most two a column.
 */
export function thinner(columns: Columns, stretchMs: number, watched: readonly number[]): Thinner {
  let stretch = Number.NaN;
  let lowest: Row[] = [];
  let highest: Row[] = [];
  const flush = () => {
    const unique = [...new Set([...lowest, ...highest])].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    for (const row of unique) columns.push(row);
    lowest = [];
    highest = [];
  };
  return {
    push(row) {
      const own = Math.floor((row[0] ?? 0) / stretchMs);
      if (own !== stretch) {
        flush();
        stretch = own;
        lowest = watched.map(() => row);
        highest = watched.map(() => row);
        return;
      }
      for (let index = 0; index < watched.length; index++) {
        const column = watched[index] ?? 0;
        const value = row[column] ?? 0;
        if (value < (lowest[index]?.[column] ?? 0)) lowest[index] = row;
        if (value > (highest[index]?.[column] ?? 0)) highest[index] = row;
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
