/** Writes the bundle of an incident: its sources put together from every part of nsomem. */

import { statSync } from "node:fs";
import type { Config } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import type { Recording } from "../core/recording.ts";
import { formatKib } from "../core/units.ts";
import { version } from "../core/version.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";
import { kernelRoots } from "../linux/roots.ts";
import { csvOf } from "../record/export.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import type { Paths } from "../record/paths.ts";
import { readHistory } from "../record/read-history.ts";
import { renderPage } from "../report/page/page.ts";
import { analyse } from "../report/statistics/analysis.ts";
import { writeBundle } from "./archive.ts";
import { bundleFiles } from "./contents.ts";

export interface BundleRequest {
  paths: Paths;
  config: Config;
  incident: IncidentLog;
  summary: IncidentSummary;
  out: string;
  redact: boolean;
}

/** Returns what the operator is shown. Throws NsomemError BUNDLE. */
export async function bundleIncident(request: BundleRequest): Promise<string> {
  const { paths, config, incident, summary, out, redact } = request;
  const nowMs = Date.now();
  const files = await bundleFiles({
    paths,
    config,
    incident,
    redact,
    nowMs,
    procDir: kernelRoots().procDir,
    readRecording: (window) => marked(readHistory(paths.history, window), incident, summary),
    csvOf,
    renderReport: (recording) => renderPage(recording, analyse(recording), { version, drawnMs: nowMs }),
    ncsVersion: await ncsVersionOf(config, summary),
  });
  const bundled = await writeBundle({ out, root: `nsomem-${incident.id}`, files, nowMs });
  const shrunk = bundled
    .filter((file) => file.shrunk)
    .map(({ name }) => `warning: ${name} became shorter while it was read`);
  const secret = redact
    ? "Dumps were left out."
    : "Keep it confidential: dumps hold configuration data of NSO, passwords and keys among it (--redact leaves them out).";
  return [
    ...shrunk,
    `${out} (${formatKib(statSync(out).size / 1024)}, ${bundled.length + 1} files)`,
    secret,
  ].join("\n");
}

/** The incident itself as a mark in the graphs, beside the events that the agent recorded. */
function marked(recording: Recording, { id }: IncidentLog, { sinceMs, kind }: IncidentSummary): Recording {
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

async function ncsVersionOf(config: Config, { begun }: IncidentSummary): Promise<string | undefined> {
  const { ncs } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR,
    coreExecutable: begun?.argv[0],
  });
  if (ncs === undefined) return undefined;
  const answer = await askNcsVersion(ncs);
  return "version" in answer && answer.version !== "" ? answer.version : undefined;
}
