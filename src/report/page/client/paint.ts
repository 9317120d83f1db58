/** What a chart has besides lines: tinted paper above the levels, gaps, names of limits, and marks of events. */

import type uPlot from "uplot";
import { kibAt, numberAt } from "../../series/column.ts";
import type { Series } from "../../series/series.ts";
import { isNarrow } from "./axis.ts";
import type { PageEvent, PageLimit } from "./page-model.ts";
import { styleValue } from "./theme.ts";

/** Above the warning and the critical percentage of the limit, whose cells are at `row` of the chart's data. */
export function paintTints(chart: uPlot, row: number, { warningPercent, criticalPercent }: PageLimit): void {
  const { ctx, bbox } = chart;
  const right = bbox.left + bbox.width;
  const steps = stepsOf(chart.data[0], chart.data[row] ?? []);
  ctx.save();
  for (const [percent, colour] of [
    [warningPercent, styleValue("--tint-warning")],
    [criticalPercent, styleValue("--tint-critical")],
  ] as const) {
    ctx.fillStyle = colour;
    let left = bbox.left;
    for (const { kib, untilMs } of steps) {
      const endX = untilMs === undefined ? right : chart.valToPos(untilMs, "x", true);
      const end = Math.min(Math.max(endX, bbox.left), right);
      const foot = Math.max(bbox.top, chart.valToPos((kib * percent) / 100, "y", true));
      if (foot > bbox.top)
        ctx.fillRect(left, bbox.top, end - left, Math.min(foot, bbox.top + bbox.height) - bbox.top);
      left = end;
    }
  }
  ctx.restore();
}

/** A limit and until when it holds; the last one holds to the end. */
interface LimitStep {
  kib: number;
  untilMs?: number;
}

/** Where nothing was measured the last known limit holds. */
function stepsOf(times: ArrayLike<number>, limits: ArrayLike<number | null | undefined>): LimitStep[] {
  const steps: LimitStep[] = [];
  for (let index = 0; index < times.length; index++) {
    const kib = limits[index];
    const last = steps.at(-1);
    if (kib === null || kib === undefined || kib === last?.kib) continue;
    const atMs = times[index];
    if (last && atMs !== undefined) last.untilMs = atMs;
    steps.push({ kib });
  }
  return steps;
}

/** A limit of a cgroup while it bound, as a band up to it, with its name at its upper edge. */
export function paintBand(chart: uPlot, { atMs, kib, gapMs }: Series, label: string): void {
  const { ctx, bbox } = chart;
  const right = bbox.left + bbox.width;
  const xOf = (ms: number) => Math.min(right, Math.max(bbox.left, chart.valToPos(ms, "x", true)));
  const yOf = (value: number) => Math.max(bbox.top, chart.valToPos(value, "y", true));
  const foot = bbox.top + bbox.height;
  ctx.save();
  ctx.fillStyle = styleValue("--band");
  let named: { x: number; y: number } | undefined;
  for (let first = 0; first < atMs.length; ) {
    let last = first;
    while (
      last + 1 < atMs.length &&
      kib[last + 1] === kib[first] &&
      numberAt(atMs, last + 1) - numberAt(atMs, last) <= gapMs
    )
      last++;
    const [left, end, top] = [xOf(numberAt(atMs, first)), xOf(numberAt(atMs, last)), yOf(kibAt(kib, first))];
    if (end > left) {
      ctx.fillRect(left, top, end - left, foot - top);
      named ??= { x: left, y: top };
    }
    first = last + 1;
  }
  if (named) {
    ctx.fillStyle = styleValue("--quiet");
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.fillText(label, named.x + 6 * devicePixelRatio, named.y + 14 * devicePixelRatio);
  }
  ctx.restore();
}

/** Stretches where the chart's first series has gaps: the host was not measured at all. */
export function paintGaps(chart: uPlot): void {
  const { ctx, bbox } = chart;
  const [times, cells = []] = chart.data;
  const paint = (fromMs: number, toMs: number) => {
    const left = Math.max(bbox.left, chart.valToPos(fromMs, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(toMs, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  };
  ctx.save();
  ctx.fillStyle = styleValue("--gap");
  let gapFromMs: number | undefined;
  let previousMs: number | undefined;
  for (const [index, atMs] of times.entries()) {
    if (cells[index] === null) gapFromMs ??= previousMs ?? atMs;
    else if (gapFromMs !== undefined) {
      paint(gapFromMs, atMs);
      gapFromMs = undefined;
    }
    previousMs = atMs;
  }
  if (gapFromMs !== undefined && previousMs !== undefined) paint(gapFromMs, previousMs);
  ctx.restore();
}

/** Names of the limit and its levels to the right of the plot, where no line is; on a narrow page their percentages. */
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
  for (const { row, label: name, slot } of names) {
    const kib = lastOf(chart.data[row] ?? []);
    const label = isNarrow(chart) ? /[\d.]+ %$/.exec(name)?.[0] : name;
    if (kib === undefined || label === undefined) continue;
    const own = chart.valToPos(kib, "y", true);
    if (own > bbox.top + bbox.height) continue;
    // At the top, with an arrow, where the axis ends below the limit.
    const top = Math.max(own, free, bbox.top + 4 * ratio);
    free = top + 14 * ratio;
    ctx.fillStyle = styleValue(`--line-${slot}`);
    ctx.fillText(own < bbox.top ? `${label} ↑` : label, left, top);
  }
  ctx.restore();
}

/** A dotted line each, a full one for the chosen event. Labels would hide lines: the list beside the charts has them. */
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
