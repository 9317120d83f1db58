/** Performs decisions: each list in its order, different lists beside each other, so that critical never waits. */

import type { Action, ActionRecord, Decision, Outcome } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import { cooldownKey } from "../core/rule.ts";
import type { Core } from "../linux/nso.ts";
import type { Paths } from "../linux/paths.ts";
import { openIncident } from "../record/incident.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { DeedContext } from "./deed.ts";
import type { Journal } from "./journal.ts";
import { takeCrashDump } from "./take-crash-dump.ts";
import { takeDebugDumps } from "./take-debug-dumps.ts";
import { readTarget, type Target } from "./target.ts";

export interface PerformerOptions {
  paths: Paths;
  procDir: string;
  dryRun: boolean;
  lastRuns: LastRuns;
  journal: Journal;
  now: () => number;
  /** Called when an action begins in earnest and again when it has ended, with the same record. */
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

const recordsMax = 50;

export function createPerformer(options: PerformerOptions): Performer {
  const { journal, now, procDir, paths, lastRuns } = options;
  const records: ActionRecord[] = [];
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  let target: Target | undefined;

  return {
    follow(core, config) {
      target?.pidfd?.close();
      target = core && readTarget(procDir, core, config);
    },
    perform(decisions, config) {
      if (decisions.length === 0) return;
      const done = performAll(decisions, config).finally(() => running.delete(done));
      running.add(done);
    },
    lastRunMs: lastRuns.all,
    records: () => records,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
    abort: () => stop.abort(),
  };

  async function performAll(decisions: readonly Decision[], config: Config): Promise<void> {
    for (const decision of decisions) await performOne(decision, config);
  }

  async function performOne(decision: Decision, config: Config): Promise<void> {
    const { action } = decision;
    const record = newRecord(action);
    const refusal = decision.verdict === "skip" ? decision.reason : options.dryRun ? "dry run" : undefined;
    Object.assign(record, refusal === undefined ? await attempt(action, config, record) : skipped(refusal));
    const tone = record.outcome === "done" || record.outcome === "skipped" ? "info" : "error";
    journal.deed(`${action.kind} ${action.level}: ${action.do} ${record.outcome}: ${record.message}`, tone);
    options.onRecord(record);
  }

  async function attempt(action: Action, config: Config, record: ActionRecord): Promise<Outcome> {
    if (!target) return skipped("no NSO core is running");
    const incident = openIncident(paths.incidents, action.episodeId ?? `info-${now()}`);
    const key = cooldownKey(action);
    const context: DeedContext = {
      action,
      config,
      target,
      incident,
      procDir,
      journal,
      now,
      signal: stop.signal,
      begun() {
        lastRuns.set(key, now());
        options.onRecord(record);
      },
      undone: () => lastRuns.forget(key),
    };
    try {
      return await deed(context);
    } catch (error) {
      return { outcome: "failed", message: describeError(error), files: [] };
    } finally {
      incident.close();
    }
  }

  function newRecord(action: Action): ActionRecord {
    const { kind, level } = action;
    const record: ActionRecord = {
      atMs: now(),
      kind,
      level,
      action: action.do,
      outcome: "running",
      message: "",
      files: [],
    };
    records.push(record);
    if (records.length > recordsMax) records.shift();
    return record;
  }
}

function deed(context: DeedContext): Promise<Outcome> {
  switch (context.action.do) {
    case "debug-dump":
      return takeDebugDumps(context);
    case "crash-dump":
      return takeCrashDump(context);
  }
}

function skipped(reason: string): Outcome {
  return { outcome: "skipped", message: reason, files: [] };
}
