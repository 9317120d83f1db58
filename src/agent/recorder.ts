/** What a run leaves in history.db: ticks, level changes, actions, tool and NSO events. */

import { hostname, release } from "node:os";
import type { ActionRecord } from "../core/action.ts";
import { type Config, limitsOf } from "../core/config.ts";
import type { LevelChange } from "../core/episode.ts";
import type { Levels } from "../core/levels.ts";
import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, RunMeta } from "../core/recording.ts";
import type { OvercommitMode } from "../core/rule.ts";
import { version } from "../core/version.ts";
import type { Measurement } from "../linux/meter.ts";
import { readPageSizeBytes } from "../linux/page-size.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { readMeminfo, readOptional } from "../linux/procfs.ts";
import { openHistory } from "../record/history.ts";
import type { Paths } from "../record/paths.ts";

export interface Recorder {
  /** One tick, from the latest readings; `measure` fills in where a cgroup's reading hides the host's. */
  tick(
    levels: Levels,
    measure: () => Measurement,
    mode: OvercommitMode,
    processes: readonly ProcessSample[],
  ): void;
  level(change: LevelChange, text: string): void;
  action(record: ActionRecord): void;
  tool(text: string): void;
  nso(text: string): void;
  problems(): string[];
  close(): void;
}

export interface RecorderOptions {
  paths: Paths;
  config: Config;
  procDir: string;
  now: () => number;
  onProblem: (text: string) => void;
}

export function openRecorder({ paths, config, procDir, now, onProblem }: RecorderOptions): Recorder {
  makeStateDirectory(paths.state);
  const history = openHistory({
    path: paths.history,
    meta: {
      version,
      hostname: hostname(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      limits: { physical: limitsOf("physical", config), allocated: limitsOf("allocated", config) },
      basis: config.physical.basis,
      kernel: release(),
      pageSizeBytes: readPageSizeBytes(),
      ...commitSettings(procDir),
    },
    retention: { ageMs: config.history.keep, bytesMax: config.history.size_max * 1024 },
    onProblem,
    now,
  });
  let lastTickMs = 0;
  return {
    tick(levels, measure, overcommitMode, processes) {
      const host = hostSample(levels, measure, overcommitMode);
      if (host.atMs <= lastTickMs) return;
      lastTickMs = host.atMs;
      history.recordTick({ host, processes });
    },
    level: ({ kind, to, reading, episode }, text) =>
      history.recordEvent({
        atMs: reading.atMs,
        type: "level",
        kind,
        level: to,
        text,
        incidentId: episode?.id,
      }),
    action: ({ kind, level, incident, action, outcome, message }) =>
      history.recordEvent({
        atMs: now(),
        type: "action",
        kind,
        level,
        text: `${action} ${outcome === "running" ? "begins" : outcome}${message && `: ${message}`}`,
        incidentId: incident ?? undefined,
      }),
    tool: (text) => history.recordEvent({ atMs: now(), type: "tool", text }),
    nso: (text) => history.recordEvent({ atMs: now(), type: "nso", text }),
    problems() {
      const health = history.health();
      return health.state === "ok" ? [] : [health.reason ?? "history is not recorded"];
    },
    close: history.close,
  };
}

/** What refuses it is said by the history, which tries again. */
function makeStateDirectory(state: string): void {
  try {
    inPrivateDirectory(state, () => {});
  } catch {}
}

/** What CommitLimit's formula needs beside the RAM. */
function commitSettings(procDir: string): Pick<RunMeta, "swapTotalKib" | "hugePagesKib" | "overcommitRatio"> {
  const ratio = readOptional(`${procDir}/sys/vm/overcommit_ratio`);
  // 0: CommitLimit comes from vm.overcommit_kbytes.
  const overcommitRatio = Number(ratio) || undefined;
  try {
    const { swapTotalKib, hugePagesKib } = readMeminfo(procDir);
    return { swapTotalKib, hugePagesKib, overcommitRatio };
  } catch {
    return { overcommitRatio };
  }
}

function hostSample(levels: Levels, measure: () => Measurement, overcommitMode: OvercommitMode): HostSample {
  const physical = levels.latest("physical");
  const allocated = levels.latest("allocated");
  if (physical?.ceiling === "host" && allocated) {
    return {
      atMs: Math.max(physical.atMs, allocated.atMs),
      memUsedKib: physical.usedKib,
      memTotalKib: physical.limitKib,
      committedKib: allocated.usedKib,
      commitLimitKib: allocated.limitKib,
      overcommitMode,
    };
  }
  const { meminfo, readings } = measure();
  return {
    atMs: readings.physical.atMs,
    memUsedKib: meminfo.memTotalKib - meminfo.memAvailableKib,
    memTotalKib: meminfo.memTotalKib,
    committedKib: meminfo.committedKib,
    commitLimitKib: meminfo.commitLimitKib,
    overcommitMode,
  };
}
