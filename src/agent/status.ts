/** The status document from the agent's state. */

import { byGroup } from "../core/group.ts";
import { hazardText } from "../core/hazard.ts";
import { memoryKinds, type ProcessSample } from "../core/reading.ts";
import { isEnforced, type OvercommitMode } from "../core/rule.ts";
import {
  actionStatus,
  type BlindStatus,
  crashDumpProblems,
  crashDumpStatus,
  forecastStatus,
  growthStatus,
  lastStatus,
  memoryStatus,
  processStatus,
  type Status,
} from "../core/status.ts";
import { formatTime } from "../core/units.ts";
import { version } from "../core/version.ts";
import { mayLowerScores } from "../linux/credentials.ts";
import type { Unknown } from "../linux/meter.ts";
import type { Core } from "../linux/nso.ts";
import type { Foresight } from "./foresight.ts";
import type { AgentParts } from "./parts.ts";

/** What the document shows beside the state of the parts. Times in ms since the epoch. */
export interface StatusNow {
  run: { running: boolean; sinceMs: number; dryRun: boolean };
  core: Core | undefined;
  samples: readonly ProcessSample[];
  overcommitMode: OvercommitMode;
  foresight: Foresight;
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
    may_lower_oom_score: mayLowerScores(),
    nso: core ? { pid: core.pid, name: core.name, conffile: core.confFile ?? null } : null,
    memory: memoryOf(parts, now, unknown),
    unknown,
    blind: blindStatus(parts),
    processes: now.samples.toSorted(inOrder).map(processStatus),
    everything_else_kib: now.foresight.everythingElseKib,
    growth: growthStatus(now.foresight.growth),
    configuration: holder.status(),
    tool: {
      ...source.state(),
      malformed_lines: measured.lines.malformed,
      source: measured.levels.latest("physical")?.source ?? "tool",
    },
    actions: performer.records().slice(-actionsShownMax).map(actionStatus),
    action_counts: performer.counts(),
    crash_dump: crashDumpStatus(prospect),
    problems: [
      ...(unknown.physical ? [`memory cannot be measured: ${unknown.physical}`] : []),
      ...optional(source.problem()),
      ...crashDumpProblems(prospect),
      ...performer.hazards().map(hazardText),
      ...recorder.problems(),
      ...host.journal.problems(),
      ...now.problems,
    ],
  };
}

/** While nobody sees, the number of before is not shown as if it were so now. */
function unknownNow({ measured }: AgentParts, { unknown }: StatusNow): Unknown {
  const reason = measured.sight.blindness()?.reason;
  if (reason !== undefined) return { ...unknown, physical: reason, allocated: reason };
  // The tool may measure although the agent cannot.
  return { ...unknown, physical: undefined };
}

/** With what was last known: a level that was critical is not forgotten. */
function blindStatus({ measured }: AgentParts): BlindStatus | null {
  const blind = measured.sight.blindness();
  if (!blind) return null;
  const last: BlindStatus["last"] = {};
  for (const kind of memoryKinds) {
    const reading = measured.levels.latest(kind);
    const { level } = measured.levels.state(kind);
    if (reading && level) last[kind] = lastStatus(reading, level);
  }
  const { sinceMs, ageMs, reason } = blind;
  return { since: formatTime(sinceMs), age_ms: Math.round(ageMs), reason, last };
}

function memoryOf(
  { host, holder, measured }: AgentParts,
  { overcommitMode, foresight }: StatusNow,
  unknown: Unknown,
): Status["memory"] {
  const memory: Status["memory"] = {};
  for (const kind of memoryKinds) {
    const reading = measured.levels.latest(kind);
    const { level, thresholdPercent } = measured.levels.state(kind);
    if (unknown[kind] !== undefined || !reading || !level) continue;
    const enforced = isEnforced(kind, holder.config(), overcommitMode);
    const ageMs = Math.max(0, Math.round(host.monotonicMs() - (measured.levels.latestSteadyMs(kind) ?? 0)));
    memory[kind] = {
      ...memoryStatus(reading, level, thresholdPercent, enforced),
      age_ms: ageMs,
      forecast: forecastStatus(foresight.forecasts[kind]),
    };
  }
  return memory;
}

function optional(text: string | undefined): string[] {
  return text === undefined ? [] : [text];
}

function inOrder(a: ProcessSample, b: ProcessSample): number {
  return byGroup(a, b) || a.name.localeCompare(b.name) || a.pid - b.pid;
}
