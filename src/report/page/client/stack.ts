/** Rows of cells as areas on each other. */

import type { Cells } from "./grid.ts";

/**
 * Each shown row on top of those after it. A row keeps its last value where others alone have one; where it has a gap
 * it counts as 0 for those above it.
 */
export function stackedRows(rows: readonly Cells[], shown: readonly boolean[]): Cells[] {
  const stacked = rows.map((row) => row.slice());
  const sums = new Float64Array(rows[0]?.length ?? 0);
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index];
    if (row && shown[index]) stacked[index] = onTop(row, sums);
  }
  return stacked;
}

/** Adds the row to `sums`. */
function onTop(row: Cells, sums: Float64Array): Cells {
  let last: number | null = null;
  return Array.from(sums, (below, at) => {
    const cell = row[at];
    if (cell !== undefined) last = cell;
    const sum = below + (last ?? 0);
    sums[at] = sum;
    return last === null ? null : sum;
  });
}
