/** What goes into the bundle of an incident: everything that a support engineer would ask for next. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type Config, configJson } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import { type IncidentSummary, summariseIncident } from "../core/incident.ts";
import { confFileOf } from "../core/nso.ts";
import type { Recording } from "../core/recording.ts";
import { commit, version } from "../core/version.ts";
import { readMemorySection } from "../linux/ncs-conf.ts";
import { readOomLines } from "../linux/oom-evidence.ts";
import { readOptional } from "../linux/procfs.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import { type LogWindow, logLines } from "../record/log-window.ts";
import type { Paths } from "../record/paths.ts";
import type { BundleFile } from "./archive.ts";
import { type Missing, summaryPage } from "./summary-page.ts";

export interface BundleSources {
  paths: Paths;
  config: Config;
  incident: IncidentLog;
  procDir: string;
  redact: boolean;
  nowMs: number;
  /** The recording of a window; throws where there is none. */
  readRecording: (window: LogWindow) => Recording;
  csvOf: (recording: Recording) => Iterable<string>;
  /** report.html of a recording. */
  renderReport: (recording: Recording) => string;
  /** What `ncs --version` says, where there is one. */
  ncsVersion: string | undefined;
}

const beforeMs = 30 * 60_000;
const afterMs = 5 * 60_000;

/** The window of an incident: the last 30 minutes before it, and what followed at once. */
export function windowOf({ sinceMs, untilMs }: IncidentSummary, nowMs: number): LogWindow {
  return { sinceMs: sinceMs - beforeMs, untilMs: Math.min(untilMs + afterMs, nowMs) };
}

/** SUMMARY.md first; what could not be had is named in it. */
export async function bundleFiles(sources: BundleSources): Promise<BundleFile[]> {
  const { incident, redact, nowMs, paths } = sources;
  const summary = summariseIncident(incident.id, incident.steps);
  const window = windowOf(summary, nowMs);
  const missing: Missing[] = [];
  const dumps = dumpFiles(incident, summary, redact, missing);
  const files: BundleFile[] = [
    ...ownFiles(incident, redact),
    ...dumps,
    ...historyFiles(sources, window, missing),
    ...logFiles(paths, window),
    ...(await hostFiles(sources, summary)),
  ];
  const text = summaryPage({ incident, summary, files, missing, redact, nowMs, version });
  return [{ name: "SUMMARY.md", text }, ...files];
}

const isDump = (name: string) => /^dump\d+\.bin/.test(name);
/** The copy of a crash dump that went away with its container; it goes in as the crash dump. */
const isCrashDump = (name: string) => name.startsWith("crash-");

/** The record and what was written beside it: evidence of the moment, output of the user's own actions. */
function ownFiles({ dir }: IncidentLog, redact: boolean): BundleFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(({ name }) => !isCrashDump(name) && !(redact && isDump(name)))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: inBundle(path.slice(dir.length + 1)), path }));
}

function inBundle(name: string): string {
  return isDump(name) ? `debug-dumps/${name}` : name;
}

function dumpFiles(
  { dir }: IncidentLog,
  summary: IncidentSummary,
  redact: boolean,
  missing: Missing[],
): BundleFile[] {
  for (const path of summary.debugDumps) {
    if (redact) missing.push({ what: basename(path), why: "left out (--redact)" });
    else if (!statSync(join(dir, basename(path)), { throwIfNoEntry: false }))
      missing.push({ what: basename(path), why: `${path} is not there any more` });
  }
  const { crashDump } = summary;
  if (!crashDump) return [];
  const name = `crash-dump/${basename(crashDump.path)}`;
  const why = redact ? "left out (--redact)" : crashDumpProblem(crashDump);
  if (why === undefined) return [{ name, path: crashDump.path }];
  missing.push({ what: name, why });
  return [];
}

/** The file at the path of the verdict may be another by now: NSO overwrites it. */
function crashDumpProblem({ path, bytes }: { path: string; bytes: number }): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return `${path} is not there any more, or lies in a container that has ended`;
  if (found.size === bytes) return undefined;
  return `${path} is another file by now: it has ${found.size} bytes, and the dump had ${bytes}`;
}

function historyFiles(sources: BundleSources, window: LogWindow, missing: Missing[]): BundleFile[] {
  try {
    const recording = sources.readRecording(window);
    const pieces = () => sources.csvOf(recording);
    return [
      { name: "history.csv", pieces },
      { name: "report.html", text: sources.renderReport(recording) },
    ];
  } catch (error) {
    missing.push({ what: "history.csv, report.html", why: describeError(error) });
    return [];
  }
}

function logFiles(paths: Paths, window: LogWindow): BundleFile[] {
  // Fixed now: the running agent goes on writing, and each log is read twice, for its length and its lines.
  return [paths.monitorLog, paths.actionLog, paths.agentLog].map((path) => ({
    name: `logs/${basename(path)}`,
    pieces: () => logLines(path, window),
  }));
}

/** What was not kept at the moment, as it is now. */
async function hostFiles(
  { config, procDir, ncsVersion }: BundleSources,
  { begun }: IncidentSummary,
): Promise<BundleFile[]> {
  const kernel = readOomLines() ?? [];
  const section = await readMemorySection(confFileOf(begun?.argv ?? []));
  const versions = [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    `NSO: ${ncsVersion ?? "not found"}`,
    readOptional(`${procDir}/version`)?.trim() ?? "",
    readText("/etc/os-release"),
  ];
  return [
    { name: "now/configuration.json", text: configJson(config) },
    { name: "now/versions.txt", text: `${versions.join("\n")}\n` },
    {
      name: "now/kernel-oom.txt",
      text: kernel.map(({ atUptimeMs, text }) => `[${(atUptimeMs / 1000).toFixed(3)}] ${text}\n`).join(""),
    },
    ...(section ? [{ name: "now/ncs-conf-memory.xml", text: `${section.xml}\n` }] : []),
  ];
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
