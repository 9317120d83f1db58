/** One chart of the page: uPlot over what the current view needs of the samples. */

import uPlot from "uplot";
import type { Series } from "../../series/series.ts";
import type { Zone } from "../../series/zone.ts";
import { chartRows } from "./chart-row.ts";
import { gridOf, type View } from "./grid.ts";
import { createLegend } from "./legend.ts";
import type { PageChart, PageHeader } from "./page-model.ts";
import { type PageLinks, type PlotState, plotHeight, plotOptions } from "./plot-options.ts";
import { stackedRows } from "./stack.ts";

export interface Chart {
  show(view: View): void;
  /** After a change of colours or of the chosen event. */
  repaint(): void;
  /** To the width of the page, or to so many pixels. */
  resize(size?: PlotSize): void;
  /** Ends the memory axis at what is shown (true), or at the limit. */
  fit(toData: boolean): void;
  /** Puts the pointer line at a moment, as the keyboard does. */
  pointAt(ms: number): void;
}

export interface PlotSize {
  width: number;
  height: number;
}

export interface ChartSource {
  described: PageChart;
  header: PageHeader;
  /** One for each of `header.series`. */
  series: readonly Series[];
  zone: Zone;
}

/** A chart of the whole recording, in `place`. */
export function createChart(place: HTMLElement, source: ChartSource, links: PageLinks): Chart {
  const { described, header, zone } = source;
  const rows = chartRows(described, header, source.series);
  const state: PlotState = {
    view: { fromMs: header.fromMs, toMs: header.toMs },
    shown: rows.map((row) => !row.described?.hidden),
    toData: false,
  };
  const legend = createLegend(
    rows.flatMap(({ described: one, series, isArea }) => (one ? [{ described: one, series, isArea }] : [])),
    (shown) => {
      for (const [index, isShown] of shown.entries()) {
        if (state.shown[index] === isShown) continue;
        state.shown[index] = isShown;
        plot.setSeries(index + 1, { show: isShown });
      }
      if (described.isStacked) plot.setData(data());
    },
  );
  const frame = document.createElement("div");
  place.append(legend.element, frame);
  const width = () => Math.max(320, frame.clientWidth);
  const data = () => {
    const columns = Math.max(200, width() - 190);
    const series = rows.map((row) => row.series);
    const [times, ...cells] = gridOf(series, state.view, columns);
    if (!described.isStacked) return [times, ...cells] as uPlot.AlignedData;
    const areas = cells.slice(0, described.lines.length);
    return [times, ...stackedRows(areas, state.shown), ...cells.slice(areas.length)] as uPlot.AlignedData;
  };
  const bands = (described.bands ?? []).flatMap(({ series: index, label }) => {
    const series = source.series[index];
    return series ? [{ series, label }] : [];
  });
  const options = plotOptions({ described, header, zone, rows, bands }, state, {
    ...links,
    onPoint(ms) {
      legend.showAt(ms);
      links.onPoint(ms);
    },
  });
  const plot = new uPlot({ ...options, width: width() }, data(), frame);
  plot.over.addEventListener("dblclick", () => links.onSelect({ fromMs: header.fromMs, toMs: header.toMs }));
  return {
    show(view) {
      state.view = view;
      plot.setData(data());
    },
    repaint: () => plot.redraw(false, true),
    resize(size = { width: width(), height: plotHeight }) {
      plot.setSize(size);
      plot.setData(data());
    },
    fit(toData) {
      state.toData = toData;
      plot.setData(data());
    },
    pointAt: (ms) => plot.setCursor({ left: plot.valToPos(ms, "x"), top: 10 }),
  };
}
