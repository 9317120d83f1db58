/** The status document: what `status --json` prints and `status.json` holds. Stable: keys are added, never renamed. */

import type { ActionCounts, ActionRecord } from "./action.ts";
import type { DumpProspect } from "./dump-prospect.ts";
import type { Forecast } from "./forecast.ts";
import { groups, type ProcessGroup } from "./group.ts";
import type { GrowingGroup, Growth } from "./growth.ts";
import type { Level } from "./level.ts";
import type { MemoryKind, ProcessSample, Reading } from "./reading.ts";
import type { OvercommitMode } from "./rule.ts";
import { formatTime, percentOf } from "./units.ts";

export interface MemoryStatus {
  level: Level;
  used_kib: number;
  limit_kib: number;
  /** One decimal, cut. */
  percent: number;
  warning_percent: number;
  critical_percent: number;
  /** What the limit is of, as in the tool's lines; `host` for MemTotal and CommitLimit. */
  ceiling: string;
  /** False: shown only, no action follows (facts 2.2). */
  enforced: boolean;
  /** How old the reading is at `updated`, in ms: with a long interval of measuring it may be a minute. */
  age_ms?: number;
  /** Null while nothing is sure, and while memory is critical. */
  forecast?: ForecastStatus | null;
}

/** What was last known of one memory kind. */
export interface LastStatus {
  level: Level;
  percent: number;
  at: string;
}

/** Nobody has seen physical memory for more than 3 s, neither the tool nor the agent itself. */
export interface BlindStatus {
  /** The last time that it was seen, or the start. */
  since: string;
  /** How long ago that is at `updated`, in ms. */
  age_ms: number;
  /** Why the agent cannot measure it. */
  reason: string;
  last: Partial<Record<MemoryKind, LastStatus>>;
}

/** When memory becomes critical if it goes on growing. */
export interface ForecastStatus {
  /** Rather earlier than what comes true. */
  critical_within_seconds: number;
  kib_per_minute: number;
  /** The growth was seen over so long. */
  window_seconds: number;
  /** Who has at least a third of the growth; null where nobody has. */
  grower: Pick<GrowthStatus, "group" | "name" | "pid"> | null;
  /** All of it in one sentence. */
  text: string;
}

/** How much one process grew, a Python VM with its children; or everything else under the binding ceiling (`rest`). */
export interface GrowthStatus {
  group: GrowingGroup;
  name: string;
  /** Null for everything else. */
  pid: number | null;
  now_kib: number;
  grew_kib: number;
  over_seconds: number;
}

export interface ProcessStatus {
  group: ProcessGroup;
  name: string;
  pid: number;
  rss_kib: number;
  allocated_kib: number;
  children?: { pid: number; rss_kib: number; allocated_kib: number }[];
}

export interface ActionStatus {
  at: string;
  kind: MemoryKind;
  level: Level;
  /** The rule that fired: `crit_phy`, or the name of a `[[rule]]`. */
  rule: string;
  /** Names the incident's directory; null outside of an episode. */
  incident: string | null;
  action: string;
  outcome: string;
  message: string;
  files: string[];
}

/** Which configuration is in force, and whether the last reload was accepted. */
export interface ConfigurationStatus {
  /** Null: there is none, the defaults are in force. */
  file: string | null;
  loaded: string;
  /** A refused one leaves the old in force. */
  last_reload: { at: string; accepted: boolean; message: string } | null;
}

export interface ToolStatus {
  state: "running" | "restarting" | "stopped";
  pid: number | null;
  restarts: number;
  malformed_lines: number;
  /** Who measured last: the tool, or the agent itself while no tool runs. */
  source: "tool" | "in-process";
}

/** What would become of a crash dump now; `doubts` are sentences. */
export interface CrashDumpStatus {
  outlook: DumpProspect["outlook"];
  path: string | null;
  room_kib: number | null;
  /** The largest file that the core's RSS may become. */
  need_kib: number | null;
  doubts: string[];
}

/** Times are ISO 8601 with offset, memory is in KiB. `updated` is the time of this snapshot. */
export interface Status {
  schema: 1;
  running: boolean;
  pid: number;
  since: string;
  updated: string;
  version: string;
  overcommit_mode: OvercommitMode;
  dry_run: boolean;
  /** Whether the agent may lower NSO's oom_score_adj while it dumps (CAP_SYS_RESOURCE). */
  may_lower_oom_score?: boolean;
  nso: { pid: number; name: string; conffile: string | null } | null;
  memory: Partial<Record<MemoryKind, MemoryStatus>>;
  /** Why something is not measured here, in words; keys that are not there are measured. */
  unknown?: {
    physical?: string | undefined;
    allocated?: string | undefined;
    cgroup?: string | undefined;
  };
  /** Null while memory is seen. */
  blind?: BlindStatus | null;
  processes: ProcessStatus[];
  /** Used memory of the binding ceiling that is none of NSO's; null while no process is measured. */
  everything_else_kib?: number | null;
  /** Over the last 5 min, who grew most first, at most 5 and everything else; null while that is not known. */
  growth?: GrowthStatus[] | null;
  tool: ToolStatus;
  configuration: ConfigurationStatus;
  actions: ActionStatus[];
  /** Of all since the start, by kind; `running` is how many are. */
  action_counts?: ActionCounts;
  /** Null without a core, and in the first moment. */
  crash_dump?: CrashDumpStatus | null;
  /** What does not work at the moment: the history cannot be written, log lines are lost, … */
  problems: string[];
  /** How many are not in this document, which has its bound; absent where all are. */
  left_out?: { processes: number; children: number; actions: number; problems: number };
}

const growersShownMax = 5;

export function growthStatus(growth: readonly Growth[]): GrowthStatus[] | null {
  if (growth.length === 0) return null;
  const own = growth.filter(({ group }) => group !== "rest").slice(0, growersShownMax);
  return growth
    .filter((one) => one.group === "rest" || own.includes(one))
    .map(({ group, name, pid, nowKib, grewKib, overMs }) => ({
      group,
      name,
      pid,
      now_kib: nowKib,
      grew_kib: grewKib,
      over_seconds: Math.round(overMs / 1000),
    }));
}

export function forecastStatus(
  foreseen: { forecast: Forecast; grower: Growth | undefined; text: string } | undefined,
): ForecastStatus | null {
  if (!foreseen) return null;
  const { forecast, grower, text } = foreseen;
  return {
    critical_within_seconds: Math.round(forecast.inMs / 1000),
    kib_per_minute: Math.round(forecast.kibPerMinute),
    window_seconds: Math.round(forecast.windowMs / 1000),
    grower: grower ? { group: grower.group, name: grower.name, pid: grower.pid } : null,
    text,
  };
}

export function crashDumpStatus(prospect: DumpProspect | undefined): CrashDumpStatus | null {
  if (!prospect) return null;
  const { outlook, path, roomKib, needKib, reasons } = prospect;
  return { outlook, path, room_kib: roomKib, need_kib: needKib, doubts: reasons };
}

/** One problem for the list of problems, or none. */
export function crashDumpProblems(prospect: DumpProspect | undefined): string[] {
  if (!prospect || prospect.outlook === "good") return [];
  const word = prospect.outlook === "hopeless" ? "no crash dump is possible" : "the crash dump is in doubt";
  return [`${word}: ${prospect.reasons.join("; ")}`];
}

export function memoryStatus(
  reading: Reading,
  level: Level,
  thresholds: Record<"warning" | "critical", number>,
  enforced: boolean,
): MemoryStatus {
  return {
    level,
    used_kib: reading.usedKib,
    limit_kib: reading.limitKib,
    percent: percentOf(reading.usedKib, reading.limitKib),
    warning_percent: thresholds.warning,
    critical_percent: thresholds.critical,
    ceiling: reading.ceiling,
    enforced,
  };
}

export function lastStatus({ usedKib, limitKib, atMs }: Reading, level: Level): LastStatus {
  return { level, percent: percentOf(usedKib, limitKib), at: formatTime(atMs) };
}

export function processStatus(sample: ProcessSample): ProcessStatus {
  const status = {
    group: sample.group,
    name: sample.name,
    pid: sample.pid,
    rss_kib: sample.rssKib,
    allocated_kib: sample.allocatedKib,
  };
  if (!groups[sample.group].addsChildren) return status;
  const children = sample.children.map(({ pid, rssKib, allocatedKib }) => ({
    pid,
    rss_kib: rssKib,
    allocated_kib: allocatedKib,
  }));
  return { ...status, children };
}

export function actionStatus({ atMs, ...record }: ActionRecord): ActionStatus {
  return { at: formatTime(atMs), ...record };
}
