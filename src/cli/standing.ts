/** How things stand, read from what an agent leaves: its document, the newest incidents, the last minute of the history. */

import { existsSync } from "node:fs";
import { summariseIncident } from "../core/incident.ts";
import { memoryKinds } from "../core/reading.ts";
import { type Rescue, rescueOf } from "../core/rescue.ts";
import type { Standing } from "../core/standing.ts";
import type { Status } from "../core/status.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { rankedCores } from "../linux/choose-core.ts";
import { ownProcDir } from "../linux/roots.ts";
import { listIncidents, readIncident } from "../record/incident-log.ts";
import { type Paths, resolvePaths } from "../record/paths.ts";
import { readTrends, type Trends } from "../record/read-trend.ts";
import { readStatus } from "../record/status-file.ts";
import { isBeingWritten } from "./being-written.ts";
import type { HomeArgs } from "./options.ts";

/** Reads files alone, all of them bounded. */
export function readStanding(paths: Paths, args: HomeArgs, nowMs: number): Standing {
  const agent = findAgent(paths);
  const status = readStatus(paths.statusFile);
  const isSilent = isFileTrouble({ agentPid: agent?.pid, status, nowMs });
  const { rescue, isDumping } = isSilent ? nothing : newestRescue(paths.incidents);
  return {
    ...{ nowMs, status, rescue, isDumping },
    agentPid: agent?.pid,
    trends: agent && status && !isSilent ? trendsOf(paths, status) : {},
    unwatched: agent ? [] : runningCores(),
    stateDir: paths.state,
    rootHasOne: agent === undefined && !status && rootHasOne(args),
    config:
      status?.configuration.file === paths.config ? undefined : (status?.configuration.file ?? undefined),
  };
}

const nothing = { rescue: undefined, isDumping: false };

/**
 * The agent has trouble with its files, or has not written for seconds: a file system that hangs would hold this command
 * too, where the document alone can still be read.
 */
export function isFileTrouble({
  agentPid,
  status,
  nowMs,
}: Pick<Standing, "agentPid" | "status" | "nowMs">): boolean {
  if (agentPid === undefined || !status) return false;
  return nowMs - Date.parse(status.updated) > silentMs || status.problems.some(isOfFiles);
}

const silentMs = 3000;

/** As the history, the logs, the incidents and status.json say it. */
function isOfFiles(problem: string): boolean {
  return /history|^status\.json|^incident |lines could not be written|does not answer/i.test(problem);
}

/** The minute before the document was written: both are of one clock. */
function trendsOf({ history }: Paths, { memory, updated }: Status): Trends {
  const ceilings: Partial<Record<(typeof memoryKinds)[number], string>> = {};
  for (const kind of memoryKinds) {
    const ceiling = memory[kind]?.ceiling;
    if (ceiling !== undefined) ceilings[kind] = ceiling;
  }
  return readTrends(history, Date.parse(updated), ceilings);
}

/** A rescue is looked for in so many: what comes after it may be a warning of the NSO that was started again. */
const looksMax = 3;

function newestRescue(incidentsDir: string): { rescue: Rescue | undefined; isDumping: boolean } {
  let newest: Rescue | undefined;
  for (const id of listIncidents(incidentsDir).slice(0, looksMax)) {
    const incident = readIncident(incidentsDir, id);
    if (!incident || incident.steps.length === 0) continue;
    const summary = summariseIncident(id, incident.steps);
    const rescue = rescueOf(incident, summary);
    if (summary.state !== "watched") return { rescue, isDumping: isBeingWritten(summary) };
    newest ??= rescue;
  }
  return { rescue: newest, isDumping: false };
}

function runningCores(): { name: string; pid: number }[] {
  try {
    return rankedCores(ownProcDir, {}).taken.map(({ name, pid }) => ({ name, pid }));
  } catch {
    return [];
  }
}

/** Of the usual places: what is in root's cannot be read by others, but that it is there can be seen. */
function rootHasOne({ home }: HomeArgs): boolean {
  if (home !== undefined || process.getuid?.() === 0) return false;
  return existsSync(resolvePaths({ uid: 0 }).runtime);
}
