/** The sections of report.html that are text: findings, events, statistics, recommendation, footer. */

import { hint } from "../../core/hint.ts";
import { sysctlFile } from "../../core/overcommit.ts";
import type { HistoryEvent, Recording, RunMeta } from "../../core/recording.ts";
import { escapeXml } from "../picture/svg-text.ts";
import { eventColourOf } from "../series/event-look.ts";
import { moment, type Zone } from "../series/zone.ts";
import type { Finding } from "../statistics/finding-tone.ts";
import { type Measured, nameOf } from "../statistics/measured.ts";
import type { Recommendation } from "../statistics/recommendation.ts";
import { mainColumns, moreColumns, type TableColumn } from "../statistics/table.ts";

export function findingList(findings: readonly Finding[]): string {
  const items = findings.map(({ tone, text, atMs }) => {
    const show = atMs === undefined ? "" : `<button type="button" data-at="${atMs}">Show</button>`;
    return `<li class="${tone}"><strong>${tone}</strong><span>${escapeXml(text)}</span>${show}</li>`;
  });
  return `<ul class="findings">${items.join("\n")}</ul>`;
}

/** In the order of time; the name of an incident comes before its first event. */
export function eventList(events: readonly HistoryEvent[], zone: Zone): string {
  const named = new Set<string>();
  const items = events.map((event) => {
    const id = event.incidentId;
    const isNew = id !== undefined && !named.has(id);
    if (id !== undefined) named.add(id);
    const heading = isNew ? `<li class="incident">Incident ${escapeXml(id)}</li>` : "";
    return `${heading}<li><button type="button" class="${eventColourOf(event)}" data-at="${event.atMs}"><time>${escapeXml(moment(zone, event.atMs))}</time><span>${escapeXml(event.text)}</span></button></li>`;
  });
  return `<ol class="events">${items.join("\n")}</ol>`;
}

export function recommendationSection({ commit, sentences }: Recommendation): string {
  if (sentences.length === 0) return "";
  const lines = commit?.strict.sysctlLines ?? [];
  const file = lines.length > 0 ? `<pre># ${sysctlFile}\n${lines.join("\n")}</pre>` : "";
  return `<section aria-label="Recommendation"><div class="card"><h2>Recommendation</h2>
${sentences.map((sentence) => `<p>${escapeXml(sentence)}</p>`).join("\n")}
${file}</div></section>`;
}

/** RSS and Allocated of 12 Python VMs; more rows push the rest of the page out of sight. */
const vmRowsMax = 24;

export function statisticsSection(table: readonly Measured[], recording: Recording, zone: Zone): string {
  if (table.length === 0) return "";
  const vms = table.filter(({ id }) => id.startsWith("pythonvm:"));
  const folded = vms.length > vmRowsMax ? vms : [];
  const open = table.filter((row) => !folded.includes(row));
  const fold =
    folded.length > 0
      ? `<details><summary>Each of ${folded.length / 2} Python VMs</summary><div class="scroll" tabindex="0">${figureTable(mainColumns, folded, recording, zone)}</div></details>`
      : "";
  return `<section aria-label="Statistics"><div class="card"><h2>Statistics</h2>
<div class="scroll" tabindex="0">${figureTable(mainColumns, open, recording, zone)}</div>
${fold}
<details><summary>All figures, as the original toolset printed them</summary>
<div class="scroll" tabindex="0">${figureTable(moreColumns, table, recording, zone)}</div></details></div></section>`;
}

function figureTable(
  columns: readonly TableColumn[],
  table: readonly Measured[],
  recording: Recording,
  zone: Zone,
): string {
  const head = ["Series", ...columns.map(({ title }) => title)].map(
    (title) => `<th scope="col">${title}</th>`,
  );
  const rows = table.map((row) => {
    const cells = columns.map(({ cell }) => {
      const { text, atMs } = cell(row, recording);
      const when = atMs === undefined ? "" : ` <small>${escapeXml(moment(zone, atMs))}</small>`;
      return `<td>${escapeXml(text)}${when}</td>`;
    });
    return `<tr><th scope="row">${escapeXml(nameOf(row))}</th>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

export function footer(
  meta: RunMeta | undefined,
  { version, drawnMs }: { version: string; drawnMs: number },
  zone: Zone,
): string {
  const facts = [
    meta ? `measured by nsomem ${meta.version}` : undefined,
    meta?.kernel ? `Linux ${meta.kernel}` : undefined,
    meta?.basis ? `used memory by ${meta.basis === "available" ? "MemAvailable" : "MemFree"}` : undefined,
    `drawn by nsomem ${version} on ${moment(zone, drawnMs)}`,
  ].filter((fact) => fact !== undefined);
  return `<footer><p>${escapeXml(facts.join(" · "))}. Charts by uPlot (MIT); "${hint("licenses")}" has its licence.</p>
<p class="screen">Drag over a chart to zoom, double-click to show all. With the charts focused: <kbd>←</kbd> <kbd>→</kbd> move the pointer, with <kbd>Shift</kbd> the time; <kbd>+</kbd> <kbd>−</kbd> zoom; <kbd>0</kbd> shows all; <kbd>f</kbd> fits the height.</p></footer>`;
}
