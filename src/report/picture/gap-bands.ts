/** Bands where nothing was measured, with that as their label: an empty plot could also mean zero. */

import { gapsOf } from "../series/gaps.ts";
import type { Series } from "../series/series.ts";
import type { Frame } from "./frame.ts";
import { ink } from "./palette.ts";
import { round, text } from "./svg-text.ts";
import { textWidth } from "./text-width.ts";

const label = "not measured";
const labelSize = 11;

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
