/** The code of report.html: draws what the page carries and joins charts, list, buttons and keys. */

import { moment, zoneOf } from "../../series/zone.ts";
import { type Chart, createChart } from "./chart.ts";
import { bindControls } from "./controls.ts";
import { decodeSamples } from "./decode.ts";
import type { PageEvent, PageHeader } from "./page-model.ts";
import { watchTheme } from "./theme.ts";
import { createViews } from "./view.ts";

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
};

/** A4 and Letter upright, less margins and the card's padding, at 96 pixels an inch. */
const printPixels = 640;

const status = element("status");
try {
  await start();
} catch (error) {
  status.textContent = `The charts cannot be drawn: ${error instanceof Error ? error.message : error}. The pictures beside this file show the same.`;
  status.hidden = false;
}

async function start(): Promise<void> {
  const header = JSON.parse(element("header-data").textContent ?? "") as PageHeader;
  const series = await decodeSamples((element("samples").textContent ?? "").trim(), header);
  const zone = zoneOf(header.timeZone);
  const views = createViews({ fromMs: header.fromMs, toMs: header.toMs });
  const readout = element("readout");
  let chosen: PageEvent | undefined;
  let selecting = false;
  const charts: Chart[] = header.charts.map((described) =>
    createChart(element(`chart-${described.id}`), {
      described,
      header,
      series,
      zone,
      view: views.current,
      chosen: () => chosen,
      // One drag selects in all synchronised charts; the first of them zooms all.
      onSelect(view) {
        if (selecting) return;
        selecting = true;
        views.show(view);
        queueMicrotask(() => {
          selecting = false;
        });
      },
      onPoint(ms) {
        readout.textContent = ms === undefined ? "" : `at ${moment(zone, ms)}`;
      },
    }),
  );
  const spanText = () => `${moment(zone, views.current.fromMs)} – ${moment(zone, views.current.toMs)}`;
  const range = element("range");
  views.subscribe((view) => {
    for (const chart of charts) chart.show(view);
    range.textContent = spanText();
  });
  range.textContent = spanText();
  const repaint = () => {
    for (const chart of charts) chart.repaint();
  };
  watchTheme(element<HTMLButtonElement>("theme"), repaint);
  bindControls({
    charts,
    views,
    events: header.events,
    choose(event) {
      chosen = event;
      repaint();
    },
  });
  const resize = (pixels?: number) => {
    for (const chart of charts) chart.resize(pixels);
  };
  addEventListener("resize", () => resize());
  addEventListener("beforeprint", () => resize(printPixels));
  addEventListener("afterprint", () => resize());
  // Without charts it says why.
  status.hidden = charts.length > 0;
  document.documentElement.dataset.ready = "true";
}
