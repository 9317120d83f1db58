/** One series as the path of a picture. */

import { line as d3Line } from "d3-shape";
import { type Stretch, stretchesOf } from "../series/downsample.ts";
import type { Series } from "../series/series.ts";
import type { Frame } from "./frame.ts";
import type { Stroke } from "./palette.ts";
import type { Line } from "./picture.ts";
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
  /** The values are drawn at this percentage of themselves, as a level is one of a limit. */
  percent?: number;
}

/** Stretches are separate; one of a single sample is a ring. */
export function drawStretches(
  { label, stroke, stretches, percent = 100 }: StretchedLine,
  frame: Frame,
): string {
  const { plot } = frame;
  const line = d3Line<Point>();
  const path = stretches.map(({ x, kib }) => {
    const points = x.flatMap((position, index): Point[] => {
      const value = kib[index];
      if (value === undefined) return [];
      return [[round(plot.left + position), round(frame.y((value * percent) / 100))]];
    });
    const [only] = points;
    // A ring of 3 pixels: a single sample of a thin line would be a speck.
    if (points.length === 1 && only) return `M${round(only[0] - 3)},${only[1]}a3,3 0 1 0 6,0a3,3 0 1 0 -6,0`;
    // d3 gives null for no points at all.
    return line(withoutLevelPoints(points)) ?? "";
  });
  const dashes = stroke.dash ? ` stroke-dasharray="${stroke.dash.join(" ")}"` : "";
  return `<path data-series="${escapeXml(label)}" d="${path.join("")}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width}"${dashes} stroke-linejoin="round" stroke-linecap="round"/>`;
}

type Point = [x: number, y: number];

/** Leaves out each point between two of its own height: a limit becomes two points instead of 2,000. */
function withoutLevelPoints(points: readonly Point[]): Point[] {
  return points.filter(([, y], index) => points[index - 1]?.[1] !== y || points[index + 1]?.[1] !== y);
}
