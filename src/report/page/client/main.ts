/** The code of report.html: draws what the page carries and joins charts, list, buttons and keys. */

import { moment, zoneOf } from "../../series/zone.ts";
import { type Chart, createChart, type PlotSize } from "./chart.ts";
import { bindControls } from "./controls.ts";
import { decodeSamples } from "./decode.ts";
import { fragmentOf, viewOf } from "./fragment.ts";
import type { View } from "./grid.ts";
import type { PageEvent, PageHeader } from "./page-model.ts";
import { watchTheme } from "./theme.ts";
import { createViews, type Views } from "./view.ts";

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
};

/** A4 and Letter upright, less margins and the card's padding, at 96 pixels an inch; three charts a page. */
const printSize: PlotSize = { width: 664, height: 210 };

const status = element("status");
try {
  await start();
} catch (error) {
  status.textContent = `The charts cannot be drawn: ${error instanceof Error ? error.message : error}. The pictures beside this file show the same.`;
  status.hidden = false;
}

async function start(): Promise<void> {
  const header = JSON.parse(element<HTMLScriptElement>("header-data").text) as PageHeader;
  const series = await decodeSamples(element<HTMLScriptElement>("samples").text.trim(), header);
  const zone = zoneOf(header.timeZone);
  const views = createViews({ fromMs: header.fromMs, toMs: header.toMs });
  const readout = element("readout");
  let chosen: PageEvent | undefined;
  const links = {
    chosen: () => chosen,
    onSelect: oncePerDrag(views.show),
    onPoint(ms: number | undefined) {
      const names = ms === undefined ? "" : namesNear(header.events, ms, views.current);
      readout.textContent = ms === undefined ? "" : `at ${moment(zone, ms)}${names}`;
    },
  };
  const charts = header.charts.map((described) =>
    createChart(element(`chart-${described.id}`), { described, header, series, zone }, links),
  );
  const range = element("range");
  const showRange = () => {
    const { fromMs, toMs } = views.current;
    range.textContent = `${moment(zone, fromMs)} – ${moment(zone, toMs)}`;
  };
  views.subscribe((view) => {
    for (const chart of charts) chart.show(view);
    showRange();
  });
  showRange();
  keepInAddress(views);
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
  followSize(charts);
  // A page without charts keeps it: it says why there are none.
  status.hidden = charts.length > 0;
  document.documentElement.dataset.ready = "true";
}

/** An event within this part of what is shown is under the pointer: some pixels. */
const nearPart = 1 / 150;

/** ` · crash-dump done; physical 95.2 %: critical`: the nearest two, and how many more there are. */
function namesNear(events: readonly PageEvent[], ms: number, { fromMs, toMs }: View): string {
  const distance = ({ atMs }: PageEvent) => Math.abs(atMs - ms);
  const near = events
    .filter((event) => distance(event) <= (toMs - fromMs) * nearPart)
    .sort((a, b) => distance(a) - distance(b));
  if (near.length === 0) return "";
  const more = near.length > 2 ? `; ${near.length - 2} more` : "";
  const names = near.slice(0, 2).map(({ label }) => label);
  return ` · ${names.join("; ")}${more}`;
}

/** The address names what is shown, unless that is everything; and what it names is shown. */
function keepInAddress(views: Views): void {
  const follow = () => {
    const view = viewOf(location.hash);
    if (view) views.show(view);
  };
  follow();
  views.subscribe((view) => {
    const isWhole = view.fromMs === views.whole.fromMs && view.toMs === views.whole.toMs;
    history.replaceState(null, "", isWhole ? "#" : fragmentOf(view));
  });
  addEventListener("hashchange", follow);
}

/** A drag selects in all synchronised charts: the first of them zooms all, and the others count for nothing. */
function oncePerDrag(show: Views["show"]): Views["show"] {
  let selecting = false;
  return (view) => {
    if (selecting) return;
    selecting = true;
    show(view);
    queueMicrotask(() => {
      selecting = false;
    });
  };
}

function followSize(charts: readonly Chart[]): void {
  const resize = (size?: PlotSize) => {
    for (const chart of charts) chart.resize(size);
  };
  addEventListener("resize", () => resize());
  addEventListener("beforeprint", () => resize(printSize));
  addEventListener("afterprint", () => resize());
}
