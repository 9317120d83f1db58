/** The axes of a chart: round times of the server's zone, round sizes of memory. */

import type uPlot from "uplot";
import { timeTicks } from "../../series/time-ticks.ts";
import type { Zone } from "../../series/zone.ts";
import { styleValue } from "./theme.ts";

const font = "12px system-ui, sans-serif";
const tickPixels = 84;

const look = (): Pick<uPlot.Axis, "stroke" | "grid" | "ticks" | "font"> => ({
  stroke: () => styleValue("--quiet"),
  font,
  grid: { stroke: () => styleValue("--grid"), width: 1 },
  ticks: { stroke: () => styleValue("--grid"), width: 1, size: 5 },
});

export function timeAxis(zone: Zone): uPlot.Axis {
  const ticksIn = (chart: uPlot, fromMs: number, toMs: number) =>
    timeTicks(fromMs, toMs, zone, Math.max(3, Math.floor(chart.bbox.width / devicePixelRatio / tickPixels)));
  return {
    ...look(),
    size: 44,
    splits: (chart, _axis, fromMs, toMs) => ticksIn(chart, fromMs, toMs).map(({ atMs }) => atMs),
    values: (chart) => {
      const { min = 0, max = 0 } = chart.scales.x ?? {};
      return ticksIn(chart, min, max).map(({ label, date }) => (date ? `${label}\n${date}` : label));
    },
  };
}

const mib = 1024;
const gib = mib * 1024;
/** On a telephone: most of it is left to the lines. */
export function isNarrow({ width }: uPlot): boolean {
  return width < 480;
}

const increments = [1, mib, gib, gib * 1024].flatMap((unit) =>
  [1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * unit),
);

export function memoryAxis(): uPlot.Axis {
  return {
    ...look(),
    size: (chart) => (isNarrow(chart) ? 62 : 78),
    incrs: increments,
    space: 42,
    values: (_chart, splits, _axis, _space, increment) =>
      splits.map((kib) => {
        if (kib === 0) return "0";
        const [size, unit] = increment >= gib ? [gib, "GiB"] : increment >= mib ? [mib, "MiB"] : [1, "KiB"];
        return `${kib / size} ${unit}`;
      }),
  };
}
