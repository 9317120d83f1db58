/** The parts of report.html that are text: findings, events, statistics, recommendation. */

import type { HistoryEvent, Recording } from "../../core/recording.ts";
import { formatKib } from "../../core/units.ts";
import { escapeXml } from "../picture/svg-text.ts";
import { moment, type Zone } from "../series/zone.ts";
import type { Finding, Measured } from "../statistics/finding.ts";
import type { Recommendation } from "../statistics/recommendation.ts";
import { type Column, mainColumns, moreColumns } from "../statistics/table.ts";
import type { PageOptions } from "./page.ts";

export function findingList(findings: readonly Finding[]): string {
  const items = findings.map(({ tone, text, atMs }) => {
    const show = atMs === undefined ? "" : `<button type="button" data-at="${atMs}">Show</button>`;
    return `<li class="${tone}"><strong>${tone}</strong><span>${escapeXml(text)}</span>${show}</li>`;
  });
  return `<ul class="findings">${items.join("\n")}</ul>`;
}

/** By time; where an incident begins, its name. */
export function eventList(
  events: readonly HistoryEvent[],
  zone: Zone,
  slotOf: (event: HistoryEvent) => string,
): string {
  if (events.length === 0) return `<p class="quiet">None.</p>`;
  const named = new Set<string>();
  const items = events.map((event) => {
    const id = event.incidentId;
    const isNew = id !== undefined && !named.has(id);
    if (id !== undefined) named.add(id);
    const heading = isNew ? `<li class="incident">Incident ${escapeXml(id)}</li>` : "";
    return `${heading}<li><button type="button" class="${slotOf(event)}" data-at="${event.atMs}"><time>${escapeXml(moment(zone, event.atMs))}</time><span>${escapeXml(event.text)}</span></button></li>`;
  });
  return `<ol class="events">${items.join("\n")}</ol>`;
}

export function recommendationSection({ commit, sentences }: Recommendation): string {
  if (sentences.length === 0) return "";
  const formula = commit
    ? `<p class="quiet">vm.overcommit_ratio = 100 × (CommitLimit − swap) / (RAM − huge pages) for CommitLimit ${formatKib(commit.commitLimitKib)}</p>
<pre># /etc/sysctl.d/90-nso-memory.conf
${commit.sysctlLines.join("\n")}</pre>`
    : "";
  return `<section aria-label="Recommendation"><div class="card"><h2>Recommendation</h2>
${sentences.map((sentence) => `<p>${escapeXml(sentence)}</p>`).join("\n")}
${formula}</div></section>`;
}

/** RSS and Allocated of 12 Python VMs; more push the rest of the page out of sight. */
const vmRowsMax = 24;

export function statisticsSection(table: readonly Measured[], recording: Recording, zone: Zone): string {
  if (table.length === 0) return "";
  const vms = table.filter(({ id }) => id.startsWith("pythonvm:"));
  const folded = vms.length > vmRowsMax ? vms : [];
  const open = table.filter((row) => !folded.includes(row));
  const fold =
    folded.length > 0
      ? `<details><summary>Each of ${folded.length / 2} Python VMs</summary><div class="scroll">${tableOf(mainColumns, folded, recording, zone)}</div></details>`
      : "";
  return `<section aria-label="Statistics"><div class="card"><h2>Statistics</h2>
<div class="scroll">${tableOf(mainColumns, open, recording, zone)}</div>
${fold}
<details><summary>All figures, as the original toolset printed them</summary>
<div class="scroll">${tableOf(moreColumns, table, recording, zone)}</div></details></div></section>`;
}

function tableOf(
  columns: readonly Column[],
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
    return `<tr><th scope="row">${escapeXml(`${row.label} ${row.what}`)}</th>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

export function footer({ subjects: { meta }, version, drawnMs, zone }: PageOptions): string {
  const facts = [
    meta ? `measured by nsomem ${meta.version}` : undefined,
    meta?.kernel ? `Linux ${meta.kernel}` : undefined,
    meta?.basis ? `used memory by ${meta.basis === "available" ? "MemAvailable" : "MemFree"}` : undefined,
    `drawn by nsomem ${version} on ${moment(zone, drawnMs)}`,
  ].filter((fact) => fact !== undefined);
  return `<footer><p>${escapeXml(facts.join(" · "))}. Charts by uPlot (MIT); "nsomem licenses" has its licence.</p>
<p>Drag over a chart to zoom, double-click to show all. With the charts focused: <kbd>←</kbd> <kbd>→</kbd> move the pointer, with <kbd>Shift</kbd> the time; <kbd>+</kbd> <kbd>−</kbd> zoom; <kbd>0</kbd> shows all; <kbd>f</kbd> fits the height.</p></footer>`;
}
