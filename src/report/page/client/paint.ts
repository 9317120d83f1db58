/** What a chart has besides lines: tinted paper above the limits, and marks of events. */

import type uPlot from "uplot";
import type { PageCeiling, PageEvent } from "./page-model.ts";
import { styleValue } from "./theme.ts";

/** Above the warning and the critical percentage of the ceiling, whose cells stand at `row` of the chart's data. */
export function paintTints(
  chart: uPlot,
  row: number,
  { warningPercent, criticalPercent }: PageCeiling,
): void {
  const { ctx, bbox } = chart;
  const times = chart.data[0];
  const limits = chart.data[row] ?? [];
  ctx.save();
  for (const [percent, colour] of [
    [warningPercent, styleValue("--tint-warning")],
    [criticalPercent, styleValue("--tint-critical")],
  ] as const) {
    ctx.fillStyle = colour;
    let left = bbox.left;
    let limit: number | undefined;
    for (let index = 0; index <= times.length; index++) {
      const next = index < times.length ? limits[index] : undefined;
      if (index < times.length && (next === null || next === undefined || next === limit)) continue;
      const right =
        index < times.length ? chart.valToPos(times[index] ?? 0, "x", true) : bbox.left + bbox.width;
      if (limit !== undefined) {
        const end = Math.min(Math.max(right, bbox.left), bbox.left + bbox.width);
        const foot = Math.max(bbox.top, chart.valToPos((limit * percent) / 100, "y", true));
        if (foot > bbox.top)
          ctx.fillRect(left, bbox.top, end - left, Math.min(foot, bbox.top + bbox.height) - bbox.top);
        left = end;
      }
      limit = next ?? undefined;
    }
  }
  ctx.restore();
}

/** Stretches where the chart's first series has gaps: the host was not measured at all. */
export function paintGaps(chart: uPlot): void {
  const { ctx, bbox } = chart;
  const [times, cells = []] = chart.data;
  ctx.save();
  ctx.fillStyle = styleValue("--gap");
  for (let index = 0; index < times.length; index++) {
    if (cells[index] !== null) continue;
    const before = Math.max(0, index - 1);
    while (index < times.length && cells[index] === null) index++;
    const left = Math.max(bbox.left, chart.valToPos(times[before] ?? 0, "x", true));
    const right = Math.min(
      bbox.left + bbox.width,
      chart.valToPos(times[index] ?? times.at(-1) ?? 0, "x", true),
    );
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Names of the limit and its levels to the right of the plot, where no line is. */
export function paintNames(
  chart: uPlot,
  names: readonly { row: number; label: string; slot: string }[],
): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const left = bbox.left + bbox.width + 6 * ratio;
  ctx.save();
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  let free = Number.NEGATIVE_INFINITY;
  for (const { row, label, slot } of names) {
    const kib = lastOf(chart.data[row] ?? []);
    if (kib === undefined) continue;
    const own = chart.valToPos(kib, "y", true);
    if (own > bbox.top + bbox.height) continue;
    // At the top, with an arrow, where the axis ends below it.
    const top = Math.max(own, free, bbox.top + 4 * ratio);
    free = top + 14 * ratio;
    ctx.fillStyle = styleValue(`--line-${slot}`);
    ctx.fillText(own < bbox.top ? `${label} ↑` : label, left, top);
  }
  ctx.restore();
}

/** A dotted line each; the chosen one full. Labels would hide lines: the list beside the charts has them. */
export function paintEvents(chart: uPlot, events: readonly PageEvent[], chosen: PageEvent | undefined): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 0 } = chart.scales.x ?? {};
  const ratio = devicePixelRatio;
  ctx.save();
  for (const event of events) {
    if (event.atMs < min || event.atMs > max) continue;
    const x = Math.round(chart.valToPos(event.atMs, "x", true));
    const colour = styleValue(`--event-${event.slot}`);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = (event === chosen ? 2.5 : 1.2) * ratio;
    ctx.setLineDash(event === chosen ? [] : [2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 5 * ratio, bbox.top - 7 * ratio);
    ctx.lineTo(x + 5 * ratio, bbox.top - 7 * ratio);
    ctx.lineTo(x, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}

function lastOf(cells: ArrayLike<number | null | undefined>): number | undefined {
  for (let index = cells.length - 1; index >= 0; index--) {
    const cell = cells[index];
    if (cell !== null && cell !== undefined) return cell;
  }
  return undefined;
}
