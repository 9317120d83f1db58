/** The status document from the agent's state. */

import { silenceMsMaxOf } from "../core/config.ts";
import { byGroup } from "../core/group.ts";
import { memoryKinds, type ProcessSample } from "../core/reading.ts";
import { isEnforced, type OvercommitMode } from "../core/rule.ts";
import {
  actionStatus,
  crashDumpProblems,
  crashDumpStatus,
  memoryStatus,
  processStatus,
  type Status,
} from "../core/status.ts";
import { formatTime } from "../core/units.ts";
import { version } from "../core/version.ts";
import type { Unknown } from "../linux/meter.ts";
import type { Core } from "../linux/nso.ts";
import type { AgentParts } from "./parts.ts";

/** What the document shows beside the state of the parts. Times in ms since the epoch. */
export interface StatusNow {
  run: { running: boolean; sinceMs: number; dryRun: boolean };
  core: Core | undefined;
  samples: readonly ProcessSample[];
  overcommitMode: OvercommitMode;
  unknown: Unknown;
  problems: readonly string[];
}

const actionsShownMax = 20;

export function buildStatus(parts: AgentParts, now: StatusNow): Status {
  const { host, holder, performer, recorder, source, measured } = parts;
  const { run, core, overcommitMode } = now;
  const prospect = performer.prospect();
  const unknown = unknownNow(parts, now);
  return {
    schema: 1,
    running: run.running,
    pid: process.pid,
    since: formatTime(run.sinceMs),
    updated: formatTime(host.wallMs()),
    version,
    overcommit_mode: overcommitMode,
    dry_run: run.dryRun,
    nso: core ? { pid: core.pid, name: core.name, conffile: core.confFile ?? null } : null,
    memory: memoryOf(parts, now, unknown),
    unknown,
    processes: now.samples.toSorted(inOrder).map(processStatus),
    configuration: holder.status(),
    tool: {
      ...source.state(),
      malformed_lines: measured.lines.malformed,
      source: measured.levels.latest("physical")?.source ?? "tool",
    },
    actions: performer.records().slice(-actionsShownMax).map(actionStatus),
    crash_dump: crashDumpStatus(prospect),
    problems: [
      ...(unknown.physical ? [`memory cannot be measured: ${unknown.physical}`] : []),
      ...crashDumpProblems(prospect),
      ...recorder.problems(),
      ...host.journal.problems(),
      ...now.problems,
    ],
  };
}

/** What was read before it became unknown is not shown as if it were so now. */
function unknownNow({ host, holder, measured }: AgentParts, { unknown }: StatusNow): Unknown {
  if (unknown.physical === undefined) return unknown;
  const latestMs = measured.levels.latestSteadyMs("physical") ?? Number.NEGATIVE_INFINITY;
  const silenceMsMax = silenceMsMaxOf(holder.config());
  // The tool may measure although the agent cannot.
  if (host.monotonicMs() - latestMs <= silenceMsMax) return { ...unknown, physical: undefined };
  return { ...unknown, allocated: unknown.physical };
}

function memoryOf(
  { holder, measured }: AgentParts,
  { overcommitMode }: StatusNow,
  unknown: Unknown,
): Status["memory"] {
  const memory: Status["memory"] = {};
  for (const kind of memoryKinds) {
    const reading = measured.levels.latest(kind);
    const { level, thresholdPercent } = measured.levels.state(kind);
    if (unknown[kind] !== undefined || !reading || !level) continue;
    const enforced = isEnforced(kind, holder.config(), overcommitMode);
    memory[kind] = memoryStatus(reading, level, thresholdPercent, enforced);
  }
  return memory;
}

function inOrder(a: ProcessSample, b: ProcessSample): number {
  return byGroup(a, b) || a.name.localeCompare(b.name) || a.pid - b.pid;
}
