/** The status document from the agent's state. */

import type { ActionRecord } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { DumpProspect } from "../core/dump-prospect.ts";
import { byGroup } from "../core/group.ts";
import type { Levels } from "../core/levels.ts";
import { memoryKinds, type ProcessSample } from "../core/reading.ts";
import { isEnforced, type OvercommitMode } from "../core/rule.ts";
import {
  actionStatus,
  type ConfigurationStatus,
  crashDumpProblems,
  crashDumpStatus,
  memoryStatus,
  processStatus,
  type Status,
  type ToolStatus,
} from "../core/status.ts";
import { formatTime } from "../core/units.ts";
import { version } from "../core/version.ts";
import type { Core } from "../linux/nso.ts";

/** Everything the document shows. Times in ms since the epoch. */
export interface StatusInput {
  running: boolean;
  sinceMs: number;
  nowMs: number;
  config: Config;
  dryRun: boolean;
  core: Core | undefined;
  levels: Levels;
  overcommitMode: OvercommitMode;
  samples: readonly ProcessSample[];
  tool: Omit<ToolStatus, "source">;
  configuration: ConfigurationStatus;
  records: readonly ActionRecord[];
  prospect: DumpProspect | undefined;
  problems: string[];
}

const actionsShownMax = 20;

export function buildStatus(input: StatusInput): Status {
  const { core, levels, config, overcommitMode } = input;
  const memory: Status["memory"] = {};
  for (const kind of memoryKinds) {
    const reading = levels.latest(kind);
    const { level, thresholdPercent } = levels.state(kind);
    if (reading && level)
      memory[kind] = memoryStatus(reading, level, thresholdPercent, isEnforced(kind, config, overcommitMode));
  }
  const inOrder = (a: ProcessSample, b: ProcessSample) =>
    byGroup(a, b) || a.name.localeCompare(b.name) || a.pid - b.pid;
  return {
    schema: 1,
    running: input.running,
    pid: process.pid,
    since: formatTime(input.sinceMs),
    updated: formatTime(input.nowMs),
    version,
    overcommit_mode: overcommitMode,
    dry_run: input.dryRun,
    nso: core ? { pid: core.pid, name: core.name, conffile: core.confFile ?? null } : null,
    memory,
    processes: input.samples.toSorted(inOrder).map(processStatus),
    configuration: input.configuration,
    tool: { ...input.tool, source: levels.latest("physical")?.source ?? "tool" },
    actions: input.records.slice(-actionsShownMax).map(actionStatus),
    crash_dump: crashDumpStatus(input.prospect),
    problems: [...crashDumpProblems(input.prospect), ...input.problems],
  };
}
