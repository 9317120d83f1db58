/** The status document: what `status --json` prints and `status.json` holds. Stable: keys are added, never renamed. */

import type { ActionRecord } from "./action.ts";
import type { Level } from "./level.ts";
import type { MemoryKind, ProcessGroup, ProcessSample, Reading } from "./reading.ts";
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
  /** `host`, or the cgroup whose limit binds. */
  ceiling: string;
  /** False: shown only, no action follows (facts 2.2). */
  enforced: boolean;
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
  action: string;
  outcome: string;
  message: string;
  files: string[];
}

export interface ToolStatus {
  state: "running" | "restarting" | "stopped";
  pid: number | null;
  restarts: number;
  malformed_lines: number;
  /** Who measured last: the tool, or the agent itself while the tool is away. */
  source: "tool" | "in-process";
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
  nso: { pid: number; name: string; conffile: string | null } | null;
  memory: Partial<Record<MemoryKind, MemoryStatus>>;
  processes: ProcessStatus[];
  tool: ToolStatus;
  actions: ActionStatus[];
  /** What does not work at the moment: the history cannot be written, log lines are lost, … */
  problems: string[];
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

export function processStatus(sample: ProcessSample): ProcessStatus {
  const status = {
    group: sample.group,
    name: sample.name,
    pid: sample.pid,
    rss_kib: sample.rssKib,
    allocated_kib: sample.allocatedKib,
  };
  if (sample.group !== "pythonvm") return status;
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
