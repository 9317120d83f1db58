/** What was measured around the incident: as numbers, and as report.html. */

import { describeError } from "../core/errors.ts";
import type { IncidentSummary } from "../core/incident.ts";
import type { Recording } from "../core/recording.ts";
import { withoutSecrets } from "../core/secret-text.ts";
import { version } from "../core/version.ts";
import { csvOf } from "../record/export.ts";
import type { LogWindow } from "../record/log-window.ts";
import { readHistory } from "../record/read-history.ts";
import { renderPage } from "../report/page/page.ts";
import { analyse } from "../report/statistics/analysis.ts";
import { leftOut, type Part } from "./part.ts";

export async function historyFiles(
  historyFile: string,
  { id, summary }: { id: string; summary: IncidentSummary },
  { window, nowMs, redact }: { window: LogWindow; nowMs: number; redact: boolean },
): Promise<Part> {
  try {
    const read = readHistory(historyFile, window);
    const recording = withMark(redact ? redacted(read) : read, id, summary);
    const page = await renderPage(recording, analyse(recording), { version, drawnMs: nowMs });
    const files = [
      { name: "history.csv", pieces: () => csvOf(recording) },
      { name: "report.html", pieces: () => page },
    ];
    return { files, missing: [] };
  } catch (error) {
    return { files: [], missing: [{ what: "history.csv, report.html", why: describeError(error) }] };
  }
}

/** Without the host's name, and without what a failed action had to say. */
function redacted(recording: Recording): Recording {
  const runs = recording.runs.map((run) => ({ ...run, meta: { ...run.meta, hostname: leftOut } }));
  const events = recording.events.map((event) => {
    const text = event.type === "action" ? (event.text.split(/[:;]/)[0] ?? "") : event.text;
    return { ...event, text: withoutSecrets(text) };
  });
  return { ...recording, runs, events };
}

/** The incident itself as a mark in the charts, beside the events that the agent recorded. */
function withMark(recording: Recording, id: string, { sinceMs, kind }: IncidentSummary): Recording {
  const mark = {
    atMs: sinceMs,
    type: "level" as const,
    ...(kind ? { kind } : {}),
    level: "critical" as const,
    text: `incident ${id}`,
    incidentId: id,
  };
  const events = [...recording.events, mark].sort((a, b) => a.atMs - b.atMs);
  return { ...recording, events };
}
