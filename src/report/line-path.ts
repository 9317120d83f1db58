/** One series as the path of a picture. */

import { line as lineOf } from "d3-shape";
import { stretchesOf } from "./downsample.ts";
import type { Line } from "./picture.ts";
import type { Frame } from "./svg.ts";
import { escapeXml, round } from "./svg-text.ts";

/** Stretches are separate; one of a single sample is a dot. */
export function drawLine({ label, series, stroke }: Line, frame: Frame): string {
  const dashes = stroke.dash ? ` stroke-dasharray="${stroke.dash.join(" ")}"` : "";
  return `<path data-series="${escapeXml(label)}" d="${pathOf(series, frame)}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width}"${dashes} stroke-linejoin="round" stroke-linecap="round"/>`;
}

export function pathOf(series: Line["series"], frame: Frame): string {
  const { plot, fromMs, toMs } = frame;
  const path = lineOf<[number, number]>();
  return stretchesOf(series, { fromMs, toMs, width: plot.width })
    .map(({ x, kib }) => {
      const points = x.map((position, index): [number, number] => [
        round(plot.left + position),
        round(frame.y(kib[index] ?? 0)),
      ]);
      const [only] = points;
      // A round cap makes a dot of it.
      if (points.length === 1 && only) return `M${only[0]},${only[1]}h0.1`;
      return path(points) ?? "";
    })
    .join("");
}
