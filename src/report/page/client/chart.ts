/** One chart of the page: uPlot over what the current view needs of the samples. */

import uPlot from "uplot";
import type { Series } from "../../series/series.ts";
import type { Zone } from "../../series/zone.ts";
import { memoryAxis, timeAxis } from "./axis.ts";
import { axisTop, lineOf, rowsOf } from "./chart-row.ts";
import { type Grid, gridOf, type View } from "./grid.ts";
import { createLegend } from "./legend.ts";
import type { PageChart, PageEvent, PageHeader } from "./page-model.ts";
import { paintEvents, paintGaps, paintNames, paintTints } from "./paint.ts";

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
