/** What a picture of some hundred columns can show of a series of any length, every spike included. */

import { kibAt, numberAt } from "./column.ts";
import { forEachExtremes } from "./extremes.ts";
import { indexFrom, type Series } from "./series.ts";

/** Positions in pixels and values in KiB, one unbroken stretch of measurement. */
export interface Stretch {
  x: number[];
  kib: number[];
}

/** A stretch of time and the pixels that it is drawn on. */
export interface PixelSpan {
  fromMs: number;
  toMs: number;
  /** Pixels between the two times. */
  width: number;
}

/**
 * The lowest and the highest sample of each pixel column, at their own times, in stretches between gaps: 3 ms for
 * 604,800 samples. No sample that is an extreme of its column is lost, nor the first and the last of a stretch.
 */
export function stretchesOf(series: Series, span: PixelSpan): Stretch[] {
  const stretches: Stretch[] = [];
  const end = indexFrom(series.atMs, span.toMs + 1);
  let first = indexFrom(series.atMs, span.fromMs);
  while (first < end) {
    const behind = nextAfterGap(series, first, end);
    stretches.push(stretchOf(series, first, behind, span));
    first = behind;
  }
  return stretches;
}

/** The index of the first sample that comes after a gap; `end` where none does. */
function nextAfterGap({ atMs, gapMs }: Series, first: number, end: number): number {
  let previousMs = numberAt(atMs, first);
  for (let index = first + 1; index < end; index++) {
    const at = numberAt(atMs, index);
    if (at - previousMs > gapMs) return index;
    previousMs = at;
  }
  return end;
}

function stretchOf(
  { atMs, kib }: Series,
  first: number,
  end: number,
  { fromMs, toMs, width }: PixelSpan,
): Stretch {
  const scale = width / (toMs - fromMs);
  const stretch: Stretch = { x: [], kib: [] };
  const put = (index: number) => {
    const x = (numberAt(atMs, index) - fromMs) * scale;
    // One sample can be the lowest, the highest, the first and the last.
    if (x === stretch.x.at(-1)) return;
    stretch.x.push(x);
    stretch.kib.push(kibAt(kib, index));
  };
  put(first);
  const partOf = (at: number) => Math.floor((at - fromMs) * scale);
  forEachExtremes({ atMs, kib }, { first, end, partOf }, (earlier, later) => {
    put(earlier);
    put(later);
  });
  put(end - 1);
  return stretch;
}

/** The highest value between two times, or undefined when there is none. */
export function highestOf({ atMs, kib }: Series, fromMs: number, toMs: number): number | undefined {
  let highest: number | undefined;
  const end = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index < end; index++) {
    const value = kibAt(kib, index);
    if (highest === undefined || value > highest) highest = value;
  }
  return highest;
}
