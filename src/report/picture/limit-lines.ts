/** The limit of a picture: thick red, the levels below it dashed and named, and the paper tinted from where they begin. */

import { formatKib } from "../../core/units.ts";
import type { Series } from "../series/series.ts";
import { drawStretches, stretchesIn } from "./line-path.ts";
import { type Stroke, strokes, tints } from "./palette.ts";
import type { Ceiling } from "./picture.ts";
import type { Frame } from "./svg.ts";
import { group, text } from "./svg-text.ts";

const labelSize = 12;
const labelDistance = 15;

export function drawCeiling(ceiling: Ceiling, frame: Frame): string {
  const { label, series, limits, stroke } = ceiling;
  const stretches = stretchesIn(series, frame);
  const level = (name: "warning" | "critical", percent: number) =>
    drawStretches({ label: `${name} ${percent} %`, stroke: strokes[name], stretches, percent }, frame);
  return group(`id="limits"`, [
    group(`clip-path="url(#plot-area)"`, [
      level("warning", limits.warningPercent),
      level("critical", limits.criticalPercent),
      drawStretches({ label, stroke, stretches }, frame),
    ]),
    ...labels(ceiling, frame),
  ]);
}

/** Below the grid and every line. */
export function drawTints({ series, limits }: Ceiling, frame: Frame): string {
  return group(`id="tints"`, [
    area(series, limits.warningPercent, tints.warning, frame),
    area(series, limits.criticalPercent, tints.critical, frame),
  ]);
}

/** From the line to the top of the plot. Where nothing was measured the last known limit stands. */
function area({ atMs, kib }: Series, percent: number, tint: string, { plot, x, y }: Frame): string {
  const right = plot.left + plot.width;
  let path = "";
  let last: number | undefined;
  for (let index = 0; index < kib.length; index++) {
    const value = kib[index];
    if (value === undefined || value === last) continue;
    const left = last === undefined ? plot.left : Math.max(plot.left, x(atMs[index] ?? 0));
    path += `${path === "" ? "M" : "H"}${left.toFixed(1)}${path === "" ? " " : "V"}${Math.max(plot.top, y((value * percent) / 100)).toFixed(1)}`;
    last = value;
  }
  if (path === "") return "";
  return `<path d="${path}H${right}V${plot.top}H${plot.left}Z" fill="${tint}"/>`;
}

/** Names beside the plot, at the height the lines have at its right edge, moved apart where they would touch. */
function labels({ label, series, limits }: Ceiling, { plot, y }: Frame): string[] {
  const limitKib = series.kib.at(-1);
  if (limitKib === undefined) return [];
  const isAbove = y(limitKib) < plot.top;
  const wanted: { kib: number; label: string; stroke: Stroke }[] = [
    { kib: limitKib, label, stroke: strokes.limit },
    { kib: limitKib, label: `${formatKib(limitKib)}${isAbove ? " ↑" : ""}`, stroke: strokes.limit },
    {
      kib: (limitKib * limits.criticalPercent) / 100,
      label: `critical ${limits.criticalPercent} %`,
      stroke: strokes.critical,
    },
    {
      kib: (limitKib * limits.warningPercent) / 100,
      label: `warning ${limits.warningPercent} %`,
      stroke: strokes.warning,
    },
  ];
  let free = Number.NEGATIVE_INFINITY;
  return wanted.map((one, index) => {
    // The two lines of the limit's own name stand around its line, or at the top where it is above the plot.
    const own = y(one.kib) + (index === 0 ? -labelDistance / 2 : index === 1 ? labelDistance / 2 : 0);
    const top = Math.max(own, free, plot.top + 4);
    free = top + labelDistance;
    return text(plot.left + plot.width + 8, top + 4, one.label, {
      size: labelSize,
      colour: one.stroke.colour,
    });
  });
}
