/** The extremes of every 64 samples of a series: a zoom over a week does not look at each sample again. */

import { kibAt, numberAt } from "../../series/column.ts";
import type { Series } from "../../series/series.ts";

export const blockLength = 64;

/** Indexes of the lowest and the highest sample of a block. */
export interface Block {
  lowest: number;
  highest: number;
}

/** Undefined for a block with a gap in or before it, which is looked at sample by sample. */
export type Blocks = readonly (Block | undefined)[];

const known = new WeakMap<Series["kib"], Blocks>();

/** Whole blocks only, without the rest at the end of the series. Computed once a series. */
export function blocksOf(series: Series): Blocks {
  let blocks = known.get(series.kib);
  if (!blocks) {
    blocks = Array.from({ length: Math.floor(series.kib.length / blockLength) }, (_, block) =>
      blockFrom(series, block * blockLength),
    );
    known.set(series.kib, blocks);
  }
  return blocks;
}

function blockFrom({ atMs, kib, gapMs }: Series, first: number): Block | undefined {
  let lowest = first;
  let highest = first;
  let previousMs = numberAt(atMs, Math.max(0, first - 1));
  for (let index = first; index < first + blockLength; index++) {
    const at = numberAt(atMs, index);
    if (at - previousMs > gapMs) return undefined;
    previousMs = at;
    const value = kibAt(kib, index);
    if (value < kibAt(kib, lowest)) lowest = index;
    if (value > kibAt(kib, highest)) highest = index;
  }
  return { lowest, highest };
}
