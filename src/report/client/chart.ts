/** One chart of the page: uPlot over what the current view needs of the samples. */

import uPlot from "uplot";
import type { PageChart, PageEvent, PageHeader } from "../page-model.ts";
import type { Series } from "../series.ts";
import { topUnder } from "../top-under.ts";
import type { Zone } from "../zone.ts";
import { memoryAxis, timeAxis } from "./axis.ts";
import { type Grid, gridOf, type View } from "./grid.ts";
import { createLegend } from "./legend.ts";
import { paintEvents, paintGaps, paintNames, paintTints } from "./paint.ts";
import { styleValue } from "./theme.ts";

export interface Chart {
  show(view: View): void;
  /** After a change of colours, of the window's size, or of the chosen event. */
  repaint(): void;
  /** To the room there is, or to as many pixels. */
  resize(pixels?: number): void;
  /** The memory axis to what is shown (true), or up to the limit. */
  fit(toData: boolean): void;
  /** Puts the pointer line at a moment, as the keyboard does. */
  pointAt(ms: number): void;
}

export interface ChartOptions {
  described: PageChart;
  header: PageHeader;
  series: readonly Series[];
  zone: Zone;
  view: View;
  chosen: () => PageEvent | undefined;
  onSelect: (view: View) => void;
  /** The moment under the pointer, undefined when it leaves. */
  onPoint: (ms: number | undefined) => void;
}

const height = 300;

export function createChart(place: HTMLElement, options: ChartOptions): Chart {
  const { described, header, zone, chosen } = options;
  const rows = rowsOf(described, header, options.series);
  const shown = rows.map(({ described: one }) => !one?.hidden);
  let toData = false;
  let view = options.view;

  const legend = createLegend(
    rows.flatMap(({ described: one, series }) => (one ? [{ described: one, series }] : [])),
    (index, isShown) => {
      shown[index] = isShown;
      plot.setSeries(index + 1, { show: isShown });
    },
  );
  const frame = document.createElement("div");
  place.append(legend.element, frame);
  const width = () => Math.max(320, frame.clientWidth);
  const data = (): Grid =>
    gridOf(
      rows.map(({ series }) => series),
      view,
      Math.max(200, width() - 190),
    );

  const names = rows.flatMap(({ isLimit, name, slot }, index) =>
    isLimit ? [{ row: index + 1, label: name, slot }] : [],
  );
  const plot = new uPlot(
    {
      width: width(),
      height,
      // Room at the right for the names of limits; in every chart, so that the times stand in line.
      padding: [12, 112, 0, 0],
      ms: 1,
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 7 },
        drag: { x: true, y: false, setScale: false },
        sync: { key: "nsomem" },
      },
      scales: {
        x: { time: true, range: () => [view.fromMs, view.toMs] },
        y: { range: (chart) => [0, axisTop(chart.data, rows, shown, toData) * 1.06] },
      },
      axes: [timeAxis(zone), memoryAxis()],
      series: [{}, ...rows.map((row, index) => lineOf(row, shown[index] ?? true))],
      hooks: {
        drawClear: [
          (chart) => {
            if (described.ceiling) paintTints(chart, described.lines.length + 1, described.ceiling);
            paintGaps(chart);
          },
        ],
        draw: [
          (chart) => {
            paintEvents(chart, header.events, chosen());
            paintNames(chart, names);
          },
        ],
        setSelect: [
          (chart) => {
            const { left, width: selected } = chart.select;
            if (selected < 4) return;
            const fromMs = chart.posToVal(left, "x");
            const toMs = chart.posToVal(left + selected, "x");
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            options.onSelect({ fromMs, toMs });
          },
        ],
        setCursor: [
          (chart) => {
            const { left = -10 } = chart.cursor;
            const ms = left < 0 ? undefined : chart.posToVal(left, "x");
            legend.showAt(ms);
            options.onPoint(ms);
          },
        ],
      },
    },
    data() as uPlot.AlignedData,
    frame,
  );
  plot.over.addEventListener("dblclick", () =>
    options.onSelect({ fromMs: header.fromMs, toMs: header.toMs }),
  );

  return {
    show(next) {
      view = next;
      plot.setData(data() as uPlot.AlignedData);
    },
    repaint: () => plot.redraw(false, true),
    resize(pixels = width()) {
      plot.setSize({ width: pixels, height });
      plot.setData(data() as uPlot.AlignedData);
    },
    fit(wanted) {
      toData = wanted;
      plot.setData(data() as uPlot.AlignedData);
    },
    pointAt(ms) {
      plot.setCursor({ left: plot.valToPos(ms, "x"), top: 10 });
    },
  };
}

/** A row of the chart's data: a series of the page, or a level of its limit. */
interface Row {
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
function rowsOf({ lines, ceiling }: PageChart, header: PageHeader, all: readonly Series[]): Row[] {
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

function lineOf({ name, slot, width, dash, isLimit }: Row, show: boolean): uPlot.Series {
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
function axisTop(
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
