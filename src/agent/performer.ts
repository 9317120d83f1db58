/** Performs decisions: each list in its order, different lists beside each other, so that critical never waits. */

import { mkdirSync } from "node:fs";
import { crashDump } from "../actions/crash-dump.ts";
import { debugDump } from "../actions/debug-dump.ts";
import type { Action, ActionRecord, Decision, Outcome } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import { cooldownKey } from "../core/rule.ts";
import { type CrashDumpTarget, findCrashDumpTarget, findDumpFile } from "../linux/crash-dump-path.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { type Core, isSameCore, readExecutable } from "../linux/nso.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import type { Paths } from "../linux/paths.ts";
import { openPidfd, type Pidfd } from "../linux/pidfd.ts";
import { isAlive, readEnviron } from "../linux/procfs.ts";
import { type Incident, openIncident } from "../record/incident.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { Journal } from "./journal.ts";
import { childEnv } from "./self.ts";

export interface PerformerOptions {
  paths: Paths;
  procDir: string;
  dryRun: boolean;
  lastRuns: LastRuns;
  journal: Journal;
  now: () => number;
  /** Called when an action begins and again when it has ended, with the same record. */
  onRecord: (record: ActionRecord) => void;
}

export interface Performer {
  /** The core that actions are for; what they need of it is read now, while it is healthy. */
  follow(core: Core | undefined, config: Config): void;
  perform(decisions: readonly Decision[], config: Config): void;
  /** When each `kind/action` last ran, for the cool-down. */
  lastRunMs(): Readonly<Record<string, number>>;
  /** The last actions, oldest first. */
  records(): readonly ActionRecord[];
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
  /** Ends what may be ended: debug dumps. A crash dump is NSO's own and goes on. */
  abort(): void;
}

/** What is read of a core when it is first followed. */
interface Target {
  core: Core;
  pidfd: Pidfd | undefined;
  dump: CrashDumpTarget;
  env: Record<string, string>;
  executable: string | undefined;
  signalled: boolean;
}

const recordsMax = 50;
// The record is on disk in 1–10 ms on a healthy one; a stalled one must not hold back the signal for longer.
const recordSyncMsMax = 50;
// Above NSO's: when the kernel must choose, it takes the dump command and not the one being dumped.
const childOomScoreAdj = 800;

export function createPerformer(options: PerformerOptions): Performer {
  const { journal, now, procDir, paths } = options;
  const records: ActionRecord[] = [];
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  let target: Target | undefined;

  return {
    follow(core, config) {
      target?.pidfd?.close();
      target = core && readTarget(core, config);
    },
    perform(decisions, config) {
      if (decisions.length === 0) return;
      const done = performAll(decisions, config).finally(() => running.delete(done));
      running.add(done);
    },
    lastRunMs: options.lastRuns.all,
    records: () => records,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
    abort: () => stop.abort(),
  };

  function readTarget(core: Core, config: Config): Target {
    const environ = readEnviron(procDir, core.pid) ?? {};
    const nsoEnv = Object.fromEntries(Object.entries(environ).filter(([name]) => name.startsWith("NCS_")));
    return {
      core,
      pidfd: openPidfd(core.pid),
      dump: findCrashDumpTarget(procDir, core.pid, {
        crashDump: config.nso.crash_dump,
        runDir: config.nso.run_dir,
      }),
      env: { ...childEnv(process.env), ...nsoEnv },
      executable: readExecutable(procDir, core.pid),
      signalled: false,
    };
  }

  async function performAll(decisions: readonly Decision[], config: Config): Promise<void> {
    for (const decision of decisions) await performOne(decision, config);
  }

  async function performOne(decision: Decision, config: Config): Promise<void> {
    const { action } = decision;
    const record: ActionRecord = {
      atMs: now(),
      kind: action.kind,
      level: action.level,
      action: action.do,
      outcome: "running",
      message: "",
      files: [],
    };
    keep(record);
    const refusal = decision.verdict === "skip" ? decision.reason : options.dryRun ? "dry run" : undefined;
    Object.assign(record, refusal === undefined ? await attempt(action, config, record) : skipped(refusal));
    const tone = record.outcome === "done" || record.outcome === "skipped" ? "info" : "error";
    journal.deed(`${action.kind} ${action.level}: ${action.do} ${record.outcome}: ${record.message}`, tone);
    options.onRecord(record);
  }

  async function attempt(action: Action, config: Config, record: ActionRecord): Promise<Outcome> {
    if (!target) return { outcome: "skipped", message: "no NSO core is running", files: [] };
    const incident = openIncident(paths.incidents, action.episodeId ?? `manual-${now()}`);
    try {
      switch (action.do) {
        case "debug-dump":
          return await takeDebugDumps(action, config, target, incident, record);
        case "crash-dump":
          return await takeCrashDump(action, config, target, incident, record);
      }
    } catch (error) {
      return { outcome: "failed", message: describeError(error), files: [] };
    } finally {
      incident.close();
    }
  }

  async function takeDebugDumps(
    action: Action,
    config: Config,
    from: Target,
    incident: Incident,
    record: ActionRecord,
  ): Promise<Outcome> {
    const { count, interval, timeout } = config.debug_dump;
    const key = cooldownKey(action);
    options.lastRuns.set(key, now());
    options.onRecord(record);
    mkdirSync(incident.dir, { recursive: true, mode: 0o700 });
    incident.record({ atMs: now(), step: "debug-dump-begun", reading: action.reading, pid: from.core.pid });
    const found = findNcs({
      configured: config.nso.command,
      path: process.env.PATH,
      ncsDir: process.env.NCS_DIR ?? from.env.NCS_DIR,
      coreExecutable: from.executable ?? from.core.argv[0],
    });
    const outcome = await debugDump({
      ...found,
      dir: incident.dir,
      count,
      intervalMs: interval,
      timeoutMs: timeout,
      env: from.env,
      isCoreAlive: () => isAlive(procDir, from.core) && !from.signalled,
      onChild: (pid) => writeOomScoreAdj(procDir, pid, childOomScoreAdj),
      onProgress: (text) => journal.deed(text),
      signal: stop.signal,
    });
    if (outcome.files.length === 0) options.lastRuns.forget(key);
    incident.record({ atMs: now(), step: "debug-dump-ended", ...outcome });
    return outcome;
  }

  async function takeCrashDump(
    action: Action,
    config: Config,
    from: Target,
    incident: Incident,
    record: ActionRecord,
  ): Promise<Outcome> {
    if (from.signalled)
      return { outcome: "skipped", message: "SIGUSR1 was sent to this core already", files: [] };
    from.signalled = true;
    incident.record({ atMs: now(), step: "critical", reading: action.reading, argv: from.core.argv });
    const outcome = await crashDump({
      pid: from.core.pid,
      isSameCore: () => isSameCore(procDir, from.core),
      isAlive: () => isAlive(procDir, from.core),
      sendSignal: () => sendUsr1(from),
      record: (step, facts) => incident.record({ atMs: now(), step, ...facts }),
      syncRecord: () => incident.sync(recordSyncMsMax),
      findDump: (sinceMs) => findDumpFile(from.dump.candidates, sinceMs),
      doubts: from.dump.doubts,
      timeoutMs: config.crash_dump.timeout,
      now,
      onSent: () => {
        options.lastRuns.set(cooldownKey(action), now());
        options.onRecord(record);
      },
      onProgress: (text) => journal.deed(text, "warning"),
      signal: stop.signal,
    });
    return outcome;
  }

  function keep(record: ActionRecord): void {
    records.push(record);
    if (records.length > recordsMax) records.shift();
  }
}

function skipped(reason: string): Outcome {
  return { outcome: "skipped", message: reason, files: [] };
}

/** Through the pidfd where there is one: it cannot hit a process that took the PID over. */
function sendUsr1({ pidfd, core }: Target): boolean {
  if (pidfd) return pidfd.send("SIGUSR1");
  try {
    return process.kill(core.pid, "SIGUSR1");
  } catch {
    return false;
  }
}
