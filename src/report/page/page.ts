/** report.html: one file that works from file:// without network, all of it inside. */

import { createHash } from "node:crypto";
import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { HistoryEvent, Recording } from "../../core/recording.ts";
import { extentOf } from "../picture/picture.ts";
import { escapeXml } from "../picture/svg-text.ts";
import type { Subjects } from "../series/subject.ts";
import { clock, day, type Zone, zoneText } from "../series/zone.ts";
import type { Finding, Measured } from "../statistics/finding.ts";
import type { Recommendation } from "../statistics/recommendation.ts";
import { pageCharts } from "./charts.ts";
import css from "./client/page.css" with { type: "text" };
import type { PageEvent, PageHeader } from "./client/page-model.ts";
// Runs while nsomem is bundled (or, from sources, transpiled): what is left here is the finished script.
import { buildClient } from "./client-script.ts" with { type: "macro" };
import { encodePage } from "./encode.ts";
import { eventList, findingList, footer, recommendationSection, statisticsSection } from "./sections.ts";

const clientCode = await buildClient();

/** Run in the page's head, before anything is painted: otherwise a dark page begins with a white flash. */
const firstTheme =
  'document.documentElement.dataset.theme=matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"';

export interface PageOptions {
  recording: Recording;
  subjects: Subjects;
  findings: readonly Finding[];
  table: readonly Measured[];
  recommendation: Recommendation;
  zone: Zone;
  /** The version that draws. */
  version: string;
  drawnMs: number;
}

export function renderPage(options: PageOptions): string {
  const { recording, subjects, findings, zone } = options;
  const { charts, sources } = pageCharts(recording, subjects);
  const data = encodePage(sources, { isThinned: recording.thinnedMs !== undefined });
  const header: PageHeader = {
    timeZone: zone.name,
    ...extentOf(recording),
    times: data.times,
    series: data.series,
    charts,
    events: recording.events.map(
      (event): PageEvent => ({ atMs: event.atMs, slot: slotOf(event), label: event.text }),
    ),
  };
  const styles = `${uplotCss}\n${css}`;
  const host = subjects.meta?.hostname ?? "this host";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${hashOf(firstTheme)}' '${hashOf(clientCode)}'; style-src '${hashOf(styles)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Memory of NSO on ${escapeXml(host)}</title>
<script>${firstTheme}</script>
<style>${styles}</style>
</head>
<body>
<header>
<h1>Memory of NSO on ${escapeXml(host)}</h1>
<p class="quiet">${escapeXml(spanOf(header, zone))}</p>
${findingList(findings)}
</header>
<nav class="bar" aria-label="Charts"><div>
<span id="range" role="status"></span>
<button type="button" id="earlier" title="Earlier (Shift+←)">←</button>
<button type="button" id="zoom-out" title="Show more (−)">−</button>
<button type="button" id="zoom-in" title="Show less (+)">+</button>
<button type="button" id="later" title="Later (Shift+→)">→</button>
<button type="button" id="reset" title="Show all (0 or Esc)">Show all</button>
<button type="button" id="fit" aria-pressed="false" title="Memory axis to what is shown (f)">Fit height</button>
<span id="readout" class="quiet"></span>
<button type="button" id="theme" class="push" title="Dark or light">Dark</button>
</div></nav>
<main class="grid">
<section id="charts" tabindex="0" aria-label="Charts. Arrow keys move the pointer, plus and minus zoom, 0 shows all.">
<p id="status" class="card">${recording.host.atMs.length > 0 ? "Unpacking the samples …" : "Nothing was measured between the two times."}</p>
<noscript><p class="card">The charts need JavaScript; the pictures beside this file do not.</p></noscript>
${charts.map(({ id, title, note }) => `<div class="card chart" id="chart-${id}"><h2>${escapeXml(title)}${note ? ` <small class="quiet">${escapeXml(note)}</small>` : ""}</h2></div>`).join("\n")}
${data.thinnedMs === undefined && recording.thinnedMs === undefined ? "" : `<p class="quiet">So long a recording is shown by the lowest and highest value of each ${Math.max(data.thinnedMs ?? 0, recording.thinnedMs ?? 0) / 1000} s; "nsomem graph --since … --until …" shows a part of it with every sample.</p>`}
</section>
<aside class="card"><h2>Events</h2>${eventList(recording.events, zone, slotOf)}</aside>
</main>
${recommendationSection(options.recommendation)}
${statisticsSection(options.table, recording, zone)}
${footer(options)}
<script type="application/json" id="header-data">${jsonForScript(header)}</script>
<script type="application/base64" id="samples">${data.base64}</script>
<script type="module">${clientCode}</script>
</body>
</html>
`;
}

function slotOf(event: HistoryEvent): PageEvent["slot"] {
  switch (event.type) {
    case "level":
      return event.level === "critical" || event.level === "warning" ? event.level : "other";
    case "action":
      return "action";
    case "nso":
      return "nso";
    case "tool":
    case "run":
      return "other";
  }
}

function spanOf({ fromMs, toMs }: PageHeader, zone: Zone): string {
  const when = (atMs: number) => `${day(zone, atMs, { year: true })} ${clock(zone, atMs, { seconds: true })}`;
  return `${when(fromMs)} – ${when(toMs)} (${zoneText(zone, toMs)})`;
}

/** The source expression of CSP level 2 for an inline block. */
function hashOf(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

/** Names of processes and texts of events come from outside: none of them may end the script block. */
function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
