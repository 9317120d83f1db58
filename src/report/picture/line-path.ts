/** One series as the path of a picture. */

import { line as lineOf } from "d3-shape";
import { type Stretch, stretchesOf } from "../series/downsample.ts";
import type { Series } from "../series/series.ts";
import type { Stroke } from "./palette.ts";
import type { Line } from "./picture.ts";
import type { Frame } from "./svg.ts";
import { escapeXml, round } from "./svg-text.ts";

export function drawLine({ label, series, stroke }: Line, frame: Frame): string {
  return drawStretches({ label, stroke, stretches: stretchesIn(series, frame) }, frame);
}

export function stretchesIn(series: Series, { plot, fromMs, toMs }: Frame): Stretch[] {
  return stretchesOf(series, { fromMs, toMs, width: plot.width });
}

export interface StretchedLine {
  label: string;
  stroke: Stroke;
  stretches: readonly Stretch[];
  /** Of the values; a level is a percentage of a limit. */
  percent?: number;
}

/** Stretches are separate; one of a single sample is a ring. */
export function drawStretches(
  { label, stroke, stretches, percent = 100 }: StretchedLine,
  frame: Frame,
): string {
  const { plot } = frame;
  const line = lineOf<Point>();
  const path = stretches.map(({ x, kib }) => {
    const points = x.map(
      (position, index): Point => [
        round(plot.left + position),
        round(frame.y(((kib[index] ?? 0) * percent) / 100)),
      ],
    );
    const [only] = points;
    // A ring of 3 pixels: a single sample of a thin line would be a speck.
    if (points.length === 1 && only) return `M${round(only[0] - 3)},${only[1]}a3,3 0 1 0 6,0a3,3 0 1 0 -6,0`;
    return line(withoutLevelPoints(points)) ?? "";
  });
  const dashes = stroke.dash ? ` stroke-dasharray="${stroke.dash.join(" ")}"` : "";
  return `<path data-series="${escapeXml(label)}" d="${path.join("")}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width}"${dashes} stroke-linejoin="round" stroke-linecap="round"/>`;
}

type Point = [x: number, y: number];

/** A limit is two points, not 2,000: what lies between two points of its own height says nothing. */
function withoutLevelPoints(points: readonly Point[]): Point[] {
  return points.filter(([, y], index) => points[index - 1]?.[1] !== y || points[index + 1]?.[1] !== y);
}
