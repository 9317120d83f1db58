/** `nsomem incidents list` and `show` as text. */

import { verdictSentence } from "../bundle/summary-page.ts";
import { describeStep } from "../core/describe-step.ts";
import { type IncidentSummary, summariseIncident } from "../core/incident.ts";
import { shown } from "../core/shown.ts";
import { formatKib, formatTime } from "../core/units.ts";
import { type IncidentLog, listIncidents, readIncident } from "../record/incident-log.ts";

export interface IncidentRow {
  id: string;
  since: string;
  kind: IncidentSummary["kind"];
  state: IncidentSummary["state"];
  verdict: IncidentSummary["verdict"];
  debug_dumps: number;
  crash_dump: string | null;
  sentence: string;
}

export function incidentRows(incidentsDir: string): IncidentRow[] {
  return listIncidents(incidentsDir).map((id) => {
    const summary = summariseIncident(id, readIncident(incidentsDir, id)?.steps ?? []);
    return {
      id,
      since: formatTime(summary.sinceMs),
      kind: summary.kind,
      state: summary.state,
      verdict: summary.verdict,
      debug_dumps: summary.debugDumps.length,
      crash_dump: summary.crashDump?.path ?? null,
      sentence: summary.sentence,
    };
  });
}

export function incidentTable(rows: readonly IncidentRow[]): string {
  if (rows.length === 0) return "No incidents so far.";
  const width = Math.max(...rows.map(({ id }) => id.length));
  const lines = rows.map(({ id, state, verdict, debug_dumps, sentence }) => {
    const word = state === "unfinished" ? state : (verdict ?? state);
    return `${id.padEnd(width)}  ${word.padEnd(10)}  ${String(debug_dumps).padStart(5)}  ${sentence}`;
  });
  return [`${"incident".padEnd(width)}  crash dump  dumps  what came of it`, ...lines].join("\n");
}

export function incidentPage(incident: IncidentLog, summary: IncidentSummary): string {
  const { crashDump, debugDumps } = summary;
  const lines = [
    `${incident.id}: ${verdictSentence(summary)}`,
    summary.sentence,
    "",
    ...incident.steps.map((step) => `${formatTime(step.atMs)}  ${describeStep(step)}`),
    "",
    `files in ${shown(incident.dir)}`,
    ...debugDumps.map((path) => `debug dump ${shown(path)}`),
  ];
  if (crashDump)
    lines.push(
      `crash dump ${shown(crashDump.path)} (${formatKib(crashDump.bytes / 1024)})${crashDump.sha256 ? `, SHA-256 ${shown(crashDump.sha256)}` : ""}`,
    );
  lines.push("", `To hand it in: nsomem incidents bundle ${incident.id}`);
  return lines.join("\n");
}
