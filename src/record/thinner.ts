/** Rows of one process reduced to the lowest and the highest of each stretch of time, so that spikes survive. */

import type { Columns } from "./columns.ts";

/** `[atMs, rssKib, allocatedKib]` */
type Row = readonly number[];

export interface Thinner {
  push(row: Row): void;
  /** Hands over what is kept of the last stretch. */
  flush(): void;
}

/** At most 4 rows of each `stretchMs` remain: lowest and highest of both values, in order of time. */
export function thinner(columns: Columns, stretchMs: number): Thinner {
  let stretch = Number.NaN;
  let kept: Row[] = [];
  const flush = () => {
    const unique = [...new Set(kept)].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    for (const row of unique) columns.push(row);
    kept = [];
  };
  return {
    push(row) {
      const own = Math.floor((row[0] ?? 0) / stretchMs);
      if (own !== stretch) flush();
      stretch = own;
      const [rssLow = row, rssHigh = row, allocatedLow = row, allocatedHigh = row] = kept;
      kept = [
        lower(row, rssLow, 1) ? row : rssLow,
        lower(rssHigh, row, 1) ? row : rssHigh,
        lower(row, allocatedLow, 2) ? row : allocatedLow,
        lower(allocatedHigh, row, 2) ? row : allocatedHigh,
      ];
    },
    flush,
  };
}

function lower(a: Row, b: Row, column: number): boolean {
  return (a[column] ?? 0) < (b[column] ?? 0);
}
