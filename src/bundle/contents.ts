/** What goes into the bundle of an incident: everything that a support engineer would ask for next. */

import { basename } from "node:path";
import type { Config } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { version } from "../core/version.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import { type LogWindow, logLines } from "../record/log-window.ts";
import type { Paths } from "../record/paths.ts";
import type { BundleFile } from "./archive.ts";
import { crashDumpFile } from "./crash-dump-file.ts";
import { historyFiles } from "./history-files.ts";
import { hostFiles } from "./host-files.ts";
import { incidentFiles } from "./incident-files.ts";
import { joinParts, type Part, type PartOptions } from "./part.ts";
import { summaryPage } from "./summary-page.ts";

export interface BundleRequest extends PartOptions {
  paths: Paths;
  config: Config;
  /** The NSO whose version is asked for. */
  choice: CoreChoice;
  incident: IncidentLog;
  summary: IncidentSummary;
}

/** SUMMARY.md first; what could not be had is named in it. */
export async function bundleFiles(request: BundleRequest, nowMs: number): Promise<BundleFile[]> {
  const { paths, config, choice, incident, summary, redact } = request;
  const window = windowOf(summary, nowMs);
  // Asked before the history is read: a child is not started at the peak of memory.
  const host = await hostFiles(config, choice, summary);
  const { files, missing } = joinParts([
    incidentFiles(incident, summary, request),
    await crashDumpFile(summary, request),
    historyFiles(paths.history, { id: incident.id, summary }, { window, nowMs }),
    logFiles(paths, window),
    host,
  ]);
  const text = summaryPage({ incident, summary, files, missing, redact, nowMs, version });
  return [{ name: "SUMMARY.md", text }, ...files];
}

const beforeMs = 30 * 60_000;
const afterMs = 5 * 60_000;

/** The last 30 minutes before the incident, and what followed at once. */
function windowOf({ sinceMs, untilMs }: IncidentSummary, nowMs: number): LogWindow {
  return { sinceMs: sinceMs - beforeMs, untilMs: Math.min(untilMs + afterMs, nowMs) };
}

function logFiles(paths: Paths, window: LogWindow): Part {
  // The window is fixed: the agent goes on writing, and each log is read twice, for its length and for its lines.
  const files = [paths.monitorLog, paths.actionLog, paths.agentLog].map((path) => ({
    name: `logs/${basename(path)}`,
    pieces: () => logLines(path, window),
  }));
  return { files, missing: [] };
}
