/** What goes into the bundle of an incident: everything that a support engineer would ask for next. */

import { basename } from "node:path";
import type { Config } from "../core/config.ts";
import { type IncidentSummary, summariseIncident } from "../core/incident.ts";
import { redactStep } from "../core/redact-step.ts";
import { withoutSecrets } from "../core/secret-text.ts";
import { shown } from "../core/shown.ts";
import { version } from "../core/version.ts";
import { redactSummary } from "../dump/redact.ts";
import { readSummary } from "../dump/summary-file.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import { type LogWindow, logLines } from "../record/log-window.ts";
import type { Paths } from "../record/paths.ts";
import type { BundleFile } from "./archive.ts";
import { crashDumpFile } from "./crash-dump-file.ts";
import { historyFiles } from "./history-files.ts";
import { hostFiles, hostNameFor } from "./host-files.ts";
import { incidentFiles } from "./incident-files.ts";
import { nsoFiles } from "./nso-files.ts";
import { joinParts, leftOut, type Missing, type Part, type PartOptions } from "./part.ts";
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
  const { paths, config, choice, summary, redact } = request;
  const incident = redact ? redactedIncident(request.incident) : request.incident;
  const window = windowOf(summary, nowMs);
  // Asked before the history is read: a child is not started at the peak of memory.
  const nso = await nsoFiles({ ...request, choice, incidentDir: incident.dir }, window);
  const host = hostFiles({ config, summary, nsoVersion: nso.version, nowMs }, request);
  const { files: found, missing } = joinParts([
    await incidentFiles(incident, summary, request),
    await crashDumpFile(summary, request),
    await historyFiles(paths.history, { id: incident.id, summary }, { window, nowMs, redact }),
    logFiles(paths, window, request),
    nso,
    host,
  ]);
  const files = [...found, ...missingFile(missing)];
  const dump = readSummary(incident.dir);
  const text = summaryPage({
    ...{ incident, files, missing, redact, nowMs, version },
    summary: redact ? summariseIncident(incident.id, incident.steps) : summary,
    host: hostNameFor(request),
    dump: redact ? dump && redactSummary(dump) : dump,
    nsoVersion: nso.version,
  });
  return [{ name: "SUMMARY.md", text }, ...files];
}

/** For whoever looks for a file by its name and not into SUMMARY.md. */
function missingFile(missing: readonly Missing[]): BundleFile[] {
  if (missing.length === 0) return [];
  const lines = missing.map(({ what, why }) => `${shown(what)}: ${shown(why, 2000)}\n`);
  return [{ name: "MISSING.txt", text: lines.join("") }];
}

function redactedIncident(incident: IncidentLog): IncidentLog {
  return { ...incident, steps: incident.steps.map(redactStep) };
}

const beforeMs = 30 * 60_000;
const afterMs = 5 * 60_000;

/** The last 30 minutes before the incident, and what followed at once. */
function windowOf({ sinceMs, untilMs }: IncidentSummary, nowMs: number): LogWindow {
  return { sinceMs: sinceMs - beforeMs, untilMs: Math.min(untilMs + afterMs, nowMs) };
}

function logFiles(paths: Paths, window: LogWindow, { redact }: PartOptions): Part {
  // The window is fixed: the agent goes on writing, and each log is read twice, for its length and for its lines.
  const whole = [paths.monitorLog, paths.actionLog, paths.agentLog].map((path) => ({
    name: `logs/${basename(path)}`,
    pieces: () => logLines(path, window),
  }));
  if (!redact) return { files: whole, missing: [] };
  // The tool's own lines are numbers; the other two repeat what commands printed.
  const files = whole.slice(0, 1).map(({ name, pieces }) => ({ name, pieces: () => toolLines(pieces()) }));
  return { files, missing: whole.slice(1).map(({ name }) => ({ what: name, why: leftOut })) };
}

function* toolLines(lines: Iterable<string>): Generator<string> {
  for (const line of lines) if (toolLine.test(line)) yield withoutSecrets(line);
}

const toolLine = /^\S+ \[(?:MONITOR(?: VERBOSE)?|SAMPLE)\]/;
