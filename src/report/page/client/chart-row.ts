/** The rows of a chart's data: its series, its limit and the levels of the limit; their look and their height. */

import type uPlot from "uplot";
import type { Series } from "../../series/series.ts";
import { topUnder } from "../../series/top-under.ts";
import type { PageChart, PageHeader, PageSeries } from "./page-model.ts";
import { styleValue } from "./theme.ts";

/** A row of the chart's data: a series of the page, or a level of its limit. */
export interface ChartRow {
  described?: PageSeries;
  name: string;
  series: Series;
  slot: string;
  width: number;
  dash?: readonly number[];
  /** The limit or one of its levels, which a fitted axis leaves out. */
  isLimit: boolean;
  /** Filled down to the axis. */
  isArea: boolean;
}

/** Lines first, then the limit, then its levels. Of areas the topmost is first, so that those below it lie over it. */
export function chartRows(
  { lines, limit, isStacked = false }: PageChart,
  header: PageHeader,
  all: readonly Series[],
): ChartRow[] {
  const rowOf = (index: number, isLimit: boolean): ChartRow[] => {
    const described = header.series[index];
    const series = all[index];
    return described && series
      ? [{ ...described, described, name: described.label, series, isLimit, isArea: isStacked && !isLimit }]
      : [];
  };
  const ordered = isStacked ? lines.toReversed() : lines;
  const rows = ordered.flatMap((index) => rowOf(index, false));
  if (!limit) return rows;
  return [
    ...rows,
    ...rowOf(limit.series, true).flatMap((row) => [
      row,
      levelRow(row, "critical", limit.criticalPercent),
      levelRow(row, "warning", limit.warningPercent),
    ]),
  ];
}

function levelRow({ series }: ChartRow, name: "critical" | "warning", percent: number): ChartRow {
  return {
    name: `${name} ${percent} %`,
    series: { ...series, kib: series.kib.map((value) => (value * percent) / 100) },
    slot: name === "critical" ? "limit" : "warning",
    width: 1.5,
    dash: name === "critical" ? [9, 5] : [4, 4],
    isLimit: true,
    isArea: false,
  };
}

export function uplotSeries(
  { name, slot, width, dash, isLimit, isArea }: ChartRow,
  show: boolean,
): uPlot.Series {
  return {
    label: name,
    show,
    stroke: () => styleValue(`--line-${slot}`),
    width,
    ...(dash ? { dash: [...dash] } : {}),
    ...(isArea ? { fill: () => styleValue(`--line-${slot}`) } : {}),
    // Rings on each sample where they are far apart; a limit is no measurement.
    points: isLimit || isArea ? { show: false } : { size: 5 },
  };
}

/** Where the memory axis ends, in KiB: with `toData` the limit and its levels do not count. */
export function chartTop(
  data: uPlot.AlignedData,
  rows: readonly ChartRow[],
  { shown, toData }: { shown: readonly boolean[]; toData: boolean },
): number {
  const highest = (wanted: (row: ChartRow) => boolean) =>
    rows.reduce(
      (top, row, index) => (shown[index] && wanted(row) ? Math.max(top, highestCell(data[index + 1])) : top),
      1,
    );
  const used = highest(({ isLimit }) => !isLimit);
  if (toData) return used;
  const levels = highest(({ isLimit, described }) => isLimit && !described);
  return topUnder(
    highest(({ isLimit, described }) => isLimit && described !== undefined),
    Math.max(used, levels),
  );
}

/** Cells without a value count as 0, where every axis begins. */
function highestCell(cells: ArrayLike<number | null | undefined> = []): number {
  let highest = 0;
  for (let index = 0; index < cells.length; index++) highest = Math.max(highest, cells[index] ?? 0);
  return highest;
}
