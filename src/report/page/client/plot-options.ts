/** uPlot's options for a chart: scales, axes, lines, what is painted around the lines, and what the mouse does. */

import type uPlot from "uplot";
import type { Series } from "../../series/series.ts";
import type { Zone } from "../../series/zone.ts";
import { isNarrow, memoryAxis, timeAxis } from "./axis.ts";
import { type ChartRow, chartTop, uplotSeries } from "./chart-row.ts";
import type { View } from "./grid.ts";
import type { PageChart, PageEvent, PageHeader } from "./page-model.ts";
import { paintBand, paintEvents, paintGaps, paintNames, paintTints } from "./paint.ts";

/** On the screen. */
export const plotHeight = 300;

export interface PlotSource {
  described: PageChart;
  header: PageHeader;
  zone: Zone;
  rows: readonly ChartRow[];
  bands: readonly { series: Series; label: string }[];
}

/** What changes while the page is open. */
export interface PlotState {
  view: View;
  /** Whether each row is shown. */
  shown: boolean[];
  /** The memory axis ends at what is shown, not at the limit. */
  toData: boolean;
}

/** What joins a chart to the rest of the page. */
export interface PageLinks {
  chosen: () => PageEvent | undefined;
  onSelect: (view: View) => void;
  /** The moment under the pointer, undefined when it leaves. */
  onPoint: (ms: number | undefined) => void;
}

/** All options but the width, which follows the window. `state` is read at each drawing. */
export function plotOptions(
  source: PlotSource,
  state: PlotState,
  links: PageLinks,
): Omit<uPlot.Options, "width"> {
  const { rows, zone } = source;
  return {
    height: plotHeight,
    // Room at the right for the names of limits, in every chart: so the times of all are in line.
    padding: [12, (chart) => (isNarrow(chart) ? 40 : 112), 0, 0],
    ms: 1,
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: "nsomem" },
    },
    scales: {
      x: { time: true, range: () => [state.view.fromMs, state.view.toMs] },
      y: { range: (chart) => [0, chartTop(chart.data, rows, state) * 1.06] },
    },
    axes: [timeAxis(zone), memoryAxis()],
    series: [{}, ...rows.map((row) => uplotSeries(row, !row.described?.hidden))],
    hooks: { ...painting(source, links), ...pointing(links) },
  };
}

/** Tints and gaps under the lines, events and names over them. */
function painting({ described, header, rows, bands }: PlotSource, { chosen }: PageLinks): uPlot.Hooks.Arrays {
  const names = rows.flatMap(({ isLimit, name, slot }, index) =>
    isLimit ? [{ row: index + 1, label: name, slot }] : [],
  );
  return {
    drawClear: [
      (chart) => {
        for (const { series, label } of bands) paintBand(chart, series, label);
        if (described.limit) paintTints(chart, described.lines.length + 1, described.limit);
        paintGaps(chart);
      },
    ],
    draw: [
      (chart) => {
        paintEvents(chart, header.events, chosen());
        paintNames(chart, names);
      },
    ],
  };
}

/** A drag selects a stretch of time, and `onPoint` follows the pointer. */
function pointing({ onSelect, onPoint }: PageLinks): uPlot.Hooks.Arrays {
  return {
    setSelect: [
      (chart) => {
        const { left, width } = chart.select;
        // A click, not a drag.
        if (width < 4) return;
        const fromMs = chart.posToVal(left, "x");
        const toMs = chart.posToVal(left + width, "x");
        chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        onSelect({ fromMs, toMs });
      },
    ],
    setCursor: [
      (chart) => {
        const { left = -10 } = chart.cursor;
        onPoint(left < 0 ? undefined : chart.posToVal(left, "x"));
      },
    ],
  };
}
