/** Stretches of a picture where nothing was measured, said as such: an empty plot could also be a zero. */

import { indexFrom, type Series } from "../series/series.ts";
import { ink } from "./palette.ts";
import type { Frame } from "./svg.ts";
import { round, text } from "./svg-text.ts";
import { textWidth } from "./text-width.ts";

const label = "not measured";
const labelSize = 11;

/** From the last sample before to the first after; also before the first and after the last of all. */
export function gapsOf(series: Series, fromMs: number, toMs: number): [fromMs: number, toMs: number][] {
  const { atMs, gapMs } = series;
  const gaps: [number, number][] = [];
  let previous = fromMs;
  const end = indexFrom(atMs, toMs + 1);
  for (let index = indexFrom(atMs, fromMs); index <= end; index++) {
    const at = index < end ? (atMs[index] ?? toMs) : toMs;
    if (at - previous > gapMs) gaps.push([previous, at]);
    previous = at;
  }
  return gaps;
}

export function drawGaps(series: Series, { plot, x, fromMs, toMs }: Frame): string[] {
  return gapsOf(series, fromMs, toMs).flatMap(([gapFrom, gapTo]) => {
    const left = x(gapFrom);
    const width = x(gapTo) - left;
    if (width < 1) return [];
    const band = `<rect x="${round(left)}" y="${plot.top}" width="${round(width)}" height="${plot.height}" fill="${ink.gap}"/>`;
    if (width < textWidth(label, labelSize) + 12) return [band];
    const middle = { size: labelSize, colour: ink.quiet, anchor: "middle" } as const;
    return [band, text(left + width / 2, plot.top + plot.height - 10, label, middle)];
  });
}
