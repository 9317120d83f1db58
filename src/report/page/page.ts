/** report.html: one file that works from file:// without network, all of it inside. */

import { createHash } from "node:crypto";
import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import { hint } from "../../core/hint.ts";
import type { HistoryEvent, Recording } from "../../core/recording.ts";
import { shownJson } from "../../core/shown.ts";
import { escapeXml } from "../picture/svg-text.ts";
import { shownEvents } from "../series/advisory.ts";
import { eventColourOf } from "../series/event-look.ts";
import { extentOf } from "../series/extent.ts";
import type { Subjects } from "../series/subject.ts";
import { spanText, type Zone } from "../series/zone.ts";
import type { Analysis } from "../statistics/analysis.ts";
import { pageCharts } from "./charts.ts";
import css from "./client/page.css" with { type: "text" };
import type { PageChart, PageEvent, PageHeader } from "./client/page-model.ts";
// Runs while nsomem is bundled (or, from sources, transpiled): what is left here is the finished script.
import { buildClientScript } from "./client-script.ts" with { type: "macro" };
import { encodePage, type PageData } from "./encode.ts";
import { eventList, findingList, footer, recommendationSection, statisticsSection } from "./sections.ts";

const clientScript = await buildClientScript();
const styles = `${uplotCss}\n${css}`;

/** Run in the page's head, before anything is painted: otherwise a dark page begins with a white flash. */
const firstTheme =
  'document.documentElement.dataset.theme=matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"';

export interface Drawing {
  /** The version that draws. */
  version: string;
  drawnMs: number;
}

/** In pieces, which are one text: joined, the samples of a week would be in memory three times. */
export async function renderPage(
  recording: Recording,
  analysis: Analysis,
  drawing: Drawing,
): Promise<string[]> {
  const { subjects } = analysis;
  const { charts, sources } = pageCharts(recording, subjects);
  const data = await encodePage(sources, { isThinned: recording.thinnedMs !== undefined });
  const header = headerOf(recording, analysis.zone, charts, data);
  const thinnedMs = [data.thinnedMs, recording.thinnedMs].filter((ms) => ms !== undefined);
  return [
    beforeSamples(recording, analysis, { drawing, header, thinnedMs }),
    ...data.base64,
    `</script>
<script type="module">${clientScript}</script>
</body>
</html>
`,
  ];
}

interface PageParts {
  drawing: Drawing;
  header: PageHeader;
  /** None where every sample is shown. */
  thinnedMs: readonly number[];
}

function beforeSamples(
  recording: Recording,
  { subjects, zone, findings, recommendation, table }: Analysis,
  { drawing, header, thinnedMs }: PageParts,
): string {
  const events = shownEvents(recording);
  return `<!doctype html>
<html lang="en">
${head(subjects)}
<body>
<header>
<h1>${titleOf(subjects)}</h1>
<p class="quiet">${escapeXml(spanText(zone, header.fromMs, header.toMs))}</p>
${findingList(findings)}
</header>
${navigation}
<main class="${events.length > 0 ? "grid" : "alone"}">
<section id="charts" tabindex="0" aria-label="Charts. Arrow keys move the pointer, plus and minus zoom, 0 shows all.">
<p id="status" class="card">${recording.host.atMs.length > 0 ? "Unpacking the samples …" : "Nothing was measured between the two times."}</p>
<noscript><p class="card">The charts need JavaScript; the pictures beside this file do not.</p></noscript>
${header.charts.map(chartCard).join("\n")}
${thinnedNote(thinnedMs)}
</section>
${eventsAside(events, zone)}
</main>
${recommendationSection(recommendation)}
${statisticsSection(table, recording, zone)}
${footer(subjects.meta, drawing, zone)}
<script type="application/json" id="header-data">${jsonForScript(header)}</script>
<script type="application/base64" id="samples">`;
}

function head(subjects: Subjects): string {
  return `<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${hashOf(firstTheme)}' '${hashOf(clientScript)}'; style-src '${hashOf(styles)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(subjects)}</title>
<script>${firstTheme}</script>
<style>${styles}</style>
</head>`;
}

function titleOf({ meta }: Subjects): string {
  return `Memory of NSO on ${escapeXml(meta?.hostname ?? "this host")}`;
}

/** The buttons that controls.ts binds. */
const navigation = `<nav class="bar" aria-label="Charts"><div>
<span id="range" role="status"></span>
<button type="button" id="earlier" title="Earlier (Shift+←)">←</button>
<button type="button" id="zoom-out" title="Show more (−)">−</button>
<button type="button" id="zoom-in" title="Show less (+)">+</button>
<button type="button" id="later" title="Later (Shift+→)">→</button>
<button type="button" data-last-ms="3600000" title="The last hour" hidden>1 h</button>
<button type="button" data-last-ms="86400000" title="The last 24 hours" hidden>24 h</button>
<button type="button" data-last-ms="604800000" title="The last 7 days" hidden>7 d</button>
<button type="button" id="incident" title="The last incident" hidden>Incident</button>
<button type="button" id="reset" title="Show all (0 or Esc)">Show all</button>
<button type="button" id="fit" aria-pressed="false" title="Memory axis to what is shown (f)">Fit height</button>
<span id="readout" class="quiet"></span>
<button type="button" id="theme" class="push" title="Dark or light">Dark</button>
</div></nav>`;

/** The place of one chart; the page's own code draws into it. */
function chartCard({ id, title, note }: PageChart): string {
  const quiet = note ? ` <small class="quiet">${escapeXml(note)}</small>` : "";
  return `<div class="card chart" id="chart-${id}"><h2>${escapeXml(title)}${quiet}</h2></div>`;
}

function eventsAside(events: readonly HistoryEvent[], zone: Zone): string {
  if (events.length === 0)
    return `<aside class="card line"><h2>Events</h2><span class="quiet">none</span></aside>`;
  return `<aside class="card" tabindex="0" aria-label="Events"><h2>Events</h2>${eventList(events, zone)}</aside>`;
}

/** A sentence where the charts show extremes alone, because the recording or the page was thinned. */
function thinnedNote(stretchesMs: readonly number[]): string {
  if (stretchesMs.length === 0) return "";
  return `<p class="quiet">So long a recording is shown by the lowest and highest value of each ${Math.max(...stretchesMs) / 1000} s; "${escapeXml(hint("graph --since TIME --until TIME"))}" shows a part of it with every sample.</p>`;
}

function headerOf(recording: Recording, zone: Zone, charts: PageChart[], data: PageData): PageHeader {
  return {
    timeZone: zone.name,
    ...extentOf(recording),
    times: data.times,
    columns: data.columns,
    series: data.series,
    charts,
    events: shownEvents(recording).map(
      (event): PageEvent => ({
        atMs: event.atMs,
        slot: eventColourOf(event),
        label: event.text,
        incident: event.incidentId,
      }),
    ),
  };
}

/** The source expression of CSP level 2 for an inline block. */
function hashOf(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

/** Names of processes and texts of events come from outside: none of them may end the script block. */
function jsonForScript(value: unknown): string {
  return shownJson(value).replaceAll("<", "\\u003c");
}
