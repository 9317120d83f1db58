/** What a run leaves in history.db: ticks, level changes, actions, tool and NSO events. */

import { hostname, release } from "node:os";
import type { ActionRecord } from "../core/action.ts";
import type { Clock } from "../core/clock.ts";
import { type Config, limitsOf } from "../core/config.ts";
import type { LevelChange } from "../core/episode.ts";
import type { Levels } from "../core/levels.ts";
import type { MemoryKind, ProcessSample } from "../core/reading.ts";
import type { RecordedPast } from "../core/recorded-past.ts";
import type { RunMeta } from "../core/recording.ts";
import type { OvercommitMode } from "../core/rule.ts";
import { version } from "../core/version.ts";
import { readMeminfo } from "../linux/meminfo.ts";
import { readPageSizeBytes } from "../linux/page-size.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { readOptional } from "../linux/procfs.ts";
import { openHistoryApart } from "../record/history-apart.ts";
import type { Paths } from "../record/paths.ts";
import { bindingOf, readHostValues, valuesOf } from "./host-values.ts";

export interface Recorder {
  /** One tick, from the latest readings; the host is read where a cgroup's reading hides it. */
  tick(levels: Levels, mode: OvercommitMode, processes: readonly ProcessSample[]): void;
  level(change: LevelChange, text: string): void;
  /** One has begun or ended. */
  forecast(kind: MemoryKind, text: string): void;
  action(record: ActionRecord): void;
  tool(text: string): void;
  nso(text: string): void;
  problems(): string[];
  /** Waits until all is written, at most `msMax`. */
  close(msMax: number): Promise<boolean>;
}

export interface RecorderOptions {
  paths: Paths;
  config: Config;
  procDir: string;
  clock: Clock;
  onProblem: (text: string) => void;
  /** What an earlier agent recorded, some 0.1 s later. */
  onPast: (past: RecordedPast) => void;
}

export function openRecorder({
  paths,
  config,
  procDir,
  clock,
  onProblem,
  onPast,
}: RecorderOptions): Recorder {
  makeStateDirectory(paths.state);
  const settings = commitSettings(procDir);
  const { basis } = config.physical;
  const history = openHistoryApart({
    path: paths.history,
    meta: {
      version,
      hostname: hostname(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      limits: { physical: limitsOf("physical", config), allocated: limitsOf("allocated", config) },
      basis,
      kernel: release(),
      pageSizeBytes: readPageSizeBytes(),
      ...settings,
    },
    retention: { ageMs: config.history.keep, bytesMax: config.history.size_max * 1024 },
    onProblem,
    onPast,
  });
  let lastTickMs = 0;
  const readValues = () => {
    try {
      return readHostValues(readMeminfo(procDir), basis, clock.wallMs());
    } catch {
      return undefined; // whoever measures says so
    }
  };
  return {
    tick(levels, overcommitMode, processes) {
      const binding = bindingOf(levels);
      const values = valuesOf(levels, settings.hugePagesKib ?? 0) ?? readValues();
      // Not "no later than": the time of day may have been set back.
      if (!values || values.atMs === lastTickMs) return;
      const host = { ...values, overcommitMode, ...(binding ? { binding } : {}) };
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
    forecast: (kind, text) => history.recordEvent({ atMs: clock.wallMs(), type: "forecast", kind, text }),
    action: ({ kind, level, incident, action, outcome, message }) =>
      history.recordEvent({
        atMs: clock.wallMs(),
        type: "action",
        kind,
        level,
        text: `${action} ${outcome === "running" ? "begins" : outcome}${message && `: ${message}`}`,
        incidentId: incident ?? undefined,
      }),
    tool: (text) => history.recordEvent({ atMs: clock.wallMs(), type: "tool", text }),
    nso: (text) => history.recordEvent({ atMs: clock.wallMs(), type: "nso", text }),
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
