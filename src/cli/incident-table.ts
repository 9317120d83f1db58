/** `nsomem incidents list` and `show` as text. */

import { verdictSentence } from "../bundle/summary-page.ts";
import { hint } from "../core/hint.ts";
import { type IncidentSummary, summariseIncident } from "../core/incident.ts";
import { shown } from "../core/shown.ts";
import { toldSteps } from "../core/told-steps.ts";
import { formatKib, formatTime } from "../core/units.ts";
import type { DumpSummary } from "../dump/summary.ts";
import { dumpWords } from "../dump/words.ts";
import { type IncidentLog, listIncidents, readIncident } from "../record/incident-log.ts";
import { isBeingWritten } from "./being-written.ts";

export interface IncidentRow {
  id: string;
  since: string;
  kind: IncidentSummary["kind"];
  state: IncidentSummary["state"];
  /** The core is writing its crash dump at this moment. */
  being_written: boolean;
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
      being_written: isBeingWritten(summary),
      verdict: summary.verdict,
      debug_dumps: summary.debugDumps.length,
      crash_dump: summary.crashDump?.path ?? null,
      sentence: sentenceNow(summary),
    };
  });
}

/** Where the dump is being written the record has no last word yet. */
function sentenceNow(summary: IncidentSummary): string {
  if (!isBeingWritten(summary)) return summary.sentence;
  const { bytesWritten } = summary;
  const soFar = bytesWritten === null ? "nothing written yet" : `${formatKib(bytesWritten / 1024)} so far`;
  return `SIGUSR1 was sent, and the crash dump is being written: ${soFar}`;
}

export function incidentTable(rows: readonly IncidentRow[]): string {
  if (rows.length === 0) return "No incidents so far.";
  const width = Math.max(...rows.map(({ id }) => id.length));
  const lines = rows.map(({ id, state, being_written, verdict, debug_dumps, sentence }) => {
    const word = being_written ? "being written" : state === "unfinished" ? state : (verdict ?? state);
    return `${id.padEnd(width)}  ${word.padEnd(13)}  ${String(debug_dumps).padStart(5)}  ${sentence}`;
  });
  return [`${"incident".padEnd(width)}  ${"crash dump".padEnd(13)}  dumps  what came of it`, ...lines].join(
    "\n",
  );
}

export interface IncidentPage {
  incident: IncidentLog;
  summary: IncidentSummary;
  /** What its crash dump says, where it was read. */
  dump: DumpSummary | undefined;
}

export function incidentPage({ incident, summary, dump }: IncidentPage): string {
  const { crashDump, debugDumps } = summary;
  const lines = [
    `${incident.id}: ${isBeingWritten(summary) ? "NSO is writing its crash dump." : verdictSentence(summary)}`,
    sentenceNow(summary),
    "",
    ...toldSteps(incident.steps).map(({ atMs, text }) => `${formatTime(atMs)}  ${text}`),
    "",
    ...(dump ? ["what the crash dump says", ...dumpWords(dump).map((sentence) => `  ${sentence}`), ""] : []),
    `files in ${shown(incident.dir)}`,
    ...debugDumps.map((path) => `debug dump ${shown(path)}`),
  ];
  if (crashDump)
    lines.push(
      `crash dump ${shown(crashDump.path)} (${formatKib(crashDump.bytes / 1024)})${crashDump.sha256 ? `, SHA-256 ${shown(crashDump.sha256)}` : ""}`,
    );
  lines.push("", `To hand it in: ${hint(`incidents bundle ${incident.id}`)}`);
  return lines.join("\n");
}
