/** The grid, the marks of memory at the left and those of time below. */

import { timeTicks, zoneChanges } from "../series/time-ticks.ts";
import type { Zone } from "../series/zone.ts";
import type { Frame } from "./frame.ts";
import type { MemoryScale } from "./memory-scale.ts";
import { ink } from "./palette.ts";
import { group, line, text } from "./svg-text.ts";
import { textWidth } from "./text-width.ts";

/** Room of one time label with the space beside it. */
const tickPixels = 85;
const labelSize = 12;

export function drawAxes(frame: Frame, { ticks }: MemoryScale, zone: Zone): string {
  const { plot } = frame;
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const rows = ticks.flatMap(({ kib, label }) => [
    line([plot.left, frame.y(kib)], [right, frame.y(kib)], { colour: ink.grid, width: 1 }),
    text(plot.left - 8, frame.y(kib) + 4, label, { size: labelSize, anchor: "end" }),
  ]);
  return group(`id="axes"`, [
    ...rows,
    ...drawTimes(frame, zone),
    ...drawZoneChanges(frame, zone),
    line([plot.left, bottom], [right, bottom], { colour: ink.frame, width: 1 }),
    line([plot.left, plot.top], [plot.left, bottom], { colour: ink.frame, width: 1 }),
  ]);
}

function drawTimes(frame: Frame, zone: Zone): string[] {
  const { plot } = frame;
  const bottom = plot.top + plot.height;
  let dateEnd = Number.NEGATIVE_INFINITY;
  return timeTicks(frame.fromMs, frame.toMs, zone, Math.floor(plot.width / tickPixels)).flatMap((tick) => {
    const x = frame.x(tick.atMs);
    const colour = tick.midnight ? ink.midnight : ink.grid;
    const parts = [
      line([x, plot.top], [x, bottom + (tick.midnight ? 10 : 5)], { colour, width: 1 }),
      text(x, bottom + 19, tick.label, { size: labelSize, anchor: "middle" }),
    ];
    if (tick.date === undefined) return parts;
    const half = textWidth(tick.date, labelSize) / 2;
    if (x - half < dateEnd + 8) return parts;
    dateEnd = x + half;
    return [
      ...parts,
      text(x, bottom + 36, tick.date, { size: labelSize, colour: ink.quiet, anchor: "middle" }),
    ];
  });
}

/** Names the change on a day of 23 or 25 hours: unexplained, the ticks around it look wrong. */
function drawZoneChanges(frame: Frame, zone: Zone): string[] {
  const { plot } = frame;
  const bottom = plot.top + plot.height;
  return zoneChanges(frame.fromMs, frame.toMs, zone).flatMap(({ atMs, label }) => {
    const x = frame.x(atMs);
    const half = textWidth(label, 11) / 2;
    const middle = Math.min(Math.max(x, plot.left + half), plot.left + plot.width - half);
    return [
      `<path d="M${x} ${bottom}l-4 7h8z" fill="${ink.quiet}"/>`,
      text(middle, bottom + 52, label, { size: 11, colour: ink.quiet, anchor: "middle" }),
    ];
  });
}
