/** How things stood in a real rescue: status documents and the incident of a BEAM of 860 MiB in a cgroup of 900 MiB. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { summariseIncident } from "../../src/core/incident.ts";
import { parseStep, type RecordedStep } from "../../src/core/incident-step.ts";
import { readStatusDocument } from "../../src/core/read-status.ts";
import { rescueOf } from "../../src/core/rescue.ts";
import type { Standing } from "../../src/core/standing.ts";
import type { Status } from "../../src/core/status.ts";
import { colours } from "../../src/ui/colour.ts";
import type { Terminal } from "../../src/ui/terminal.ts";

const dir = join(import.meta.dir, "recorded");
const incidentId = "20261128T225105-489-physical";

export type Moment = "normal" | "warning" | "dumping" | "ended";

export function recordedStatus(moment: Moment): Status {
  const status = readStatusDocument(JSON.parse(readFileSync(join(dir, `${moment}.json`), "utf8")));
  if (!status) throw new Error(`${moment}.json is no status document`);
  return status;
}

export function recordedSteps(untilMs = Number.POSITIVE_INFINITY): RecordedStep[] {
  return readFileSync(join(dir, "incident.jsonl"), "utf8")
    .split("\n")
    .flatMap((line) => parseStep(line) ?? [])
    .filter(({ atMs }) => atMs <= untilMs);
}

/** What `status` read at that moment, 0.3 s after the document; at the end 12 min after it. */
export function recordedStanding(moment: Moment, more: Partial<Standing> = {}): Standing {
  const status = recordedStatus(moment);
  const nowMs = Date.parse(status.updated) + (moment === "ended" ? 12 * 60_000 : 300);
  const steps = recordedSteps(nowMs);
  const summary = summariseIncident(incidentId, steps);
  const trends = {
    physical: { kibPerSecond: moment === "warning" ? 31 * 1024 : 0 },
    allocated: { kibPerSecond: 0 },
  };
  return standingOf({
    ...{ nowMs, status, trends },
    config: status.configuration.file ?? undefined,
    agentPid: moment === "ended" ? undefined : status.pid,
    rescue: steps.length > 0 ? rescueOf({ id: incidentId, steps }, summary) : undefined,
    isDumping: moment === "dumping",
    ...more,
  });
}

export function standingOf(more: Partial<Standing>): Standing {
  return {
    nowMs: more.status ? Date.parse(more.status.updated) : 0,
    agentPid: more.status?.pid,
    status: undefined,
    trends: {},
    rescue: undefined,
    isDumping: false,
    unwatched: [],
    stateDir: "/var/lib/nsomem",
    rootHasOne: false,
    config: undefined,
    ...more,
  };
}

/** One of `columns` without colours. */
export function terminalOf(columns: number): Terminal {
  return { columns, wrapColumns: columns, isLive: true, isInteractive: true, colour: colours(false) };
}
