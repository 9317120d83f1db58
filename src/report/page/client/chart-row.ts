/** The rows of a chart's data: its series, its limit and the levels of that; how they look and how high they go. */

import type uPlot from "uplot";
import type { Series } from "../../series/series.ts";
import { topUnder } from "../../series/top-under.ts";
import type { PageChart, PageHeader } from "./page-model.ts";
import { styleValue } from "./theme.ts";

/** A row of the chart's data: a series of the page, or a level of its limit. */
export interface Row {
  described?: PageHeader["series"][number];
  name: string;
  series: Series;
  slot: string;
  width: number;
  dash?: readonly number[];
  /** Belongs to the limit: not what the axis is fitted to. */
  isLimit: boolean;
}

/** Lines first, then the limit, then its levels. */
export function rowsOf({ lines, ceiling }: PageChart, header: PageHeader, all: readonly Series[]): Row[] {
  const rowOf = (index: number, isLimit: boolean): Row[] => {
    const described = header.series[index];
    const series = all[index];
    return described && series ? [{ ...described, described, name: described.label, series, isLimit }] : [];
  };
  const rows = lines.flatMap((index) => rowOf(index, false));
  if (!ceiling) return rows;
  const [limit] = rowOf(ceiling.series, true);
  if (!limit) return rows;
  const level = (name: string, percent: number, slot: string, dash: number[]): Row => ({
    name: `${name} ${percent} %`,
    series: { ...limit.series, kib: limit.series.kib.map((value) => (value * percent) / 100) },
    slot,
    width: 1.5,
    dash,
    isLimit: true,
  });
  return [
    ...rows,
    limit,
    level("critical", ceiling.criticalPercent, "limit", [9, 5]),
    level("warning", ceiling.warningPercent, "warning", [4, 4]),
  ];
}

export function lineOf({ name, slot, width, dash, isLimit }: Row, show: boolean): uPlot.Series {
  return {
    label: name,
    show,
    stroke: () => styleValue(`--line-${slot}`),
    width,
    ...(dash ? { dash: [...dash] } : {}),
    // Rings on each sample where they are far apart; a limit is no measurement.
    points: isLimit ? { show: false } : { size: 5 },
  };
}

/** Where the memory axis ends, in KiB: with `toData` the limit and its levels do not count. */
export function axisTop(
  data: uPlot.AlignedData,
  rows: readonly Row[],
  shown: readonly boolean[],
  toData: boolean,
): number {
  const highest = (wanted: (row: Row) => boolean) =>
    rows.reduce(
      (top, row, index) => (shown[index] && wanted(row) ? Math.max(top, highestOf(data[index + 1])) : top),
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

function highestOf(cells: ArrayLike<number | null | undefined> = []): number {
  let highest = 0;
  for (let index = 0; index < cells.length; index++) highest = Math.max(highest, cells[index] ?? 0);
  return highest;
}
