/** The limit of a picture, thick and red, its levels, dashed, the names of all three, and the tints above the levels. */

import { formatKib } from "../../core/units.ts";
import { kibAt, numberAt } from "../series/column.ts";
import type { Series } from "../series/series.ts";
import type { Frame } from "./frame.ts";
import { drawStretches, stretchesIn } from "./line-path.ts";
import { type Stroke, strokes, tints } from "./palette.ts";
import type { LimitLine } from "./picture.ts";
import { group, text } from "./svg-text.ts";

const labelSize = 12;
const labelDistance = 15;

export function drawLimit(limit: LimitLine, frame: Frame): string {
  const { label, series, limits, stroke } = limit;
  const stretches = stretchesIn(series, frame);
  const level = (name: "warning" | "critical", percent: number) =>
    drawStretches({ label: `${name} ${percent} %`, stroke: strokes[name], stretches, percent }, frame);
  return group(`id="limits"`, [
    group(`clip-path="url(#plot-area)"`, [
      level("warning", limits.warningPercent),
      level("critical", limits.criticalPercent),
      drawStretches({ label, stroke, stretches }, frame),
    ]),
    ...labels(limit, frame),
  ]);
}

/** Below the grid and every line. */
export function drawTints({ series, limits }: LimitLine, frame: Frame): string {
  return group(`id="tints"`, [
    area(series, limits.warningPercent, tints.warning, frame),
    area(series, limits.criticalPercent, tints.critical, frame),
  ]);
}

/** From the line to the top of the plot. Where nothing was measured the last known limit holds. */
function area({ atMs, kib }: Series, percent: number, tint: string, { plot, x, y }: Frame): string {
  const right = plot.left + plot.width;
  let path = "";
  let last: number | undefined;
  for (let index = 0; index < kib.length; index++) {
    const value = kibAt(kib, index);
    if (value === last) continue;
    const left = last === undefined ? plot.left : Math.max(plot.left, x(numberAt(atMs, index)));
    const top = Math.max(plot.top, y((value * percent) / 100));
    path +=
      last === undefined ? `M${left.toFixed(1)} ${top.toFixed(1)}` : `H${left.toFixed(1)}V${top.toFixed(1)}`;
    last = value;
  }
  if (path === "") return "";
  return `<path d="${path}H${right}V${plot.top}H${plot.left}Z" fill="${tint}"/>`;
}

/** Names beside the plot, at the height the lines have at its right edge, moved apart where they would touch. */
function labels({ label, series, limits }: LimitLine, { plot, y }: Frame): string[] {
  const limitKib = series.kib.at(-1);
  if (limitKib === undefined) return [];
  const isAbove = y(limitKib) < plot.top;
  const levelOf = (name: "critical" | "warning", percent: number): LimitLabel => ({
    wantedTop: y((limitKib * percent) / 100),
    label: `${name} ${percent} %`,
    stroke: strokes[name],
  });
  const wanted: LimitLabel[] = [
    // The limit's own name takes two lines, one above and one below its line.
    { wantedTop: y(limitKib) - labelDistance / 2, label, stroke: strokes.limit },
    {
      wantedTop: y(limitKib) + labelDistance / 2,
      label: `${formatKib(limitKib)}${isAbove ? " ↑" : ""}`,
      stroke: strokes.limit,
    },
    levelOf("critical", limits.criticalPercent),
    levelOf("warning", limits.warningPercent),
  ];
  let freeTop = Number.NEGATIVE_INFINITY;
  return wanted.map(({ wantedTop, label: content, stroke }) => {
    // A line above the plot has its name at the top of it.
    const top = Math.max(wantedTop, freeTop, plot.top + 4);
    freeTop = top + labelDistance;
    return text(plot.left + plot.width + 8, top + 4, content, { size: labelSize, colour: stroke.colour });
  });
}

interface LimitLabel {
  /** Where it would be if it were alone. */
  wantedTop: number;
  label: string;
  stroke: Stroke;
}
