/** Extremes of every 64 samples of a series, so that a week is not walked through sample by sample at each zoom. */

import type { Series } from "../../series/series.ts";

export const blockLength = 64;

export interface Blocks {
  /** Indexes of samples. */
  lowest: Uint32Array;
  highest: Uint32Array;
  /** 1 where a sample of the block comes after a gap: such a block is looked at sample by sample. */
  broken: Uint8Array;
}

const known = new WeakMap<Float64Array, Blocks>();

/** Whole blocks only; what is left over at the end of the series is none. Computed once a series. */
export function blocksOf(series: Series): Blocks {
  let blocks = known.get(series.kib);
  if (!blocks) {
    blocks = compute(series);
    known.set(series.kib, blocks);
  }
  return blocks;
}

function compute({ atMs, kib, gapMs }: Series): Blocks {
  const count = Math.floor(kib.length / blockLength);
  const blocks = {
    lowest: new Uint32Array(count),
    highest: new Uint32Array(count),
    broken: new Uint8Array(count),
  };
  for (let block = 0; block < count; block++) {
    const first = block * blockLength;
    let lowest = first;
    let highest = first;
    let previousMs = atMs[first - 1] ?? atMs[first] ?? 0;
    for (let index = first; index < first + blockLength; index++) {
      const value = kib[index] ?? 0;
      if (value < (kib[lowest] ?? 0)) lowest = index;
      if (value > (kib[highest] ?? 0)) highest = index;
      const at = atMs[index] ?? 0;
      if (at - previousMs > gapMs) blocks.broken[block] = 1;
      previousMs = at;
    }
    blocks.lowest[block] = lowest;
    blocks.highest[block] = highest;
  }
  return blocks;
}
