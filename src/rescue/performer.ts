/** Performs decisions: each list in its order, different lists beside each other, so that critical never waits. */

import { type Action, type ActionRecord, type Decision, type Outcome, runPath } from "../core/action.ts";
import { factsOf } from "../core/action-facts.ts";
import type { Config } from "../core/config.ts";
import type { DumpProspect } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import { cooldownKey, decideAsked, type OvercommitMode } from "../core/rule.ts";
import type { Core } from "../linux/nso.ts";
import type { Roots } from "../linux/roots.ts";
import { openIncident } from "../record/incident.ts";
import type { Journal } from "../record/journal.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { Paths } from "../record/paths.ts";
import type { DeedContext, OwnDeedContext } from "./action-context.ts";
import { takeCrashDump } from "./crash-dump/take-crash-dump.ts";
import { findUnfinished, finishIncident, type Unfinished, wasSignalled } from "./crash-dump/unfinished.ts";
import { takeDebugDumps } from "./debug-dump/debug-dump.ts";
import { takeCallback } from "./own/callback.ts";
import { takeRun } from "./own/run.ts";
import { readTarget, type Target } from "./target.ts";

export interface PerformerOptions {
  paths: Paths;
  roots: Roots;
  dryRun: boolean;
  lastRuns: LastRuns;
  journal: Journal;
  now: () => number;
  overcommitMode: () => OvercommitMode;
  /** Called when an action begins in earnest and again when it has ended, with the same record. */
  onRecord: (record: ActionRecord) => void;
}

export interface Performer {
  /** The core that actions are for; what they need of it is read now, while it is healthy. */
  follow(core: Core | undefined, config: Config): void;
  /** Another configuration: what it says about the core is read anew, unless something is being done to it. */
  reconfigure(config: Config): void;
  /**
   * The lists that one reading led to, each in its order and beside the others. One that begins with the crash dump
   * goes first: until its signal is out, no executable and no callback is started.
   */
  perform(lists: readonly (readonly Decision[])[], config: Config): void;
  /** Finishes the incidents that an earlier agent left without a verdict. */
  finishEarlier(config: Config): void;
  /** When each `kind/action` last ran, for the cool-down. */
  lastRunMs(): Readonly<Record<string, number>>;
  /** What would come of a crash dump now; undefined without a core, and before it was looked at. */
  prospect(): DumpProspect | undefined;
  /** The last actions, oldest first. */
  records(): readonly ActionRecord[];
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
  /** Ends what may be ended: debug dumps. A crash dump is NSO's own and goes on. */
  abort(): void;
}

const recordsMax = 50;
/** The signal is out within 100 ms, unless the crash dump is told to wait for its moment: a page is not held back for that. */
const holdBackMsMax = 1000;

export function createPerformer(options: PerformerOptions): Performer {
  const { journal, now, roots, paths, lastRuns } = options;
  const records: ActionRecord[] = [];
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  /** What would be running in earnest, so that a dry run has its cool-downs too. */
  const dryRunMs: Record<string, number> = {};
  /** Settled unless a crash dump is on its way to its signal. */
  let signalIsOut: Promise<void> = Promise.resolve();
  let target: Target | undefined;

  return {
    follow(core, config) {
      const left = target;
      // What is still being done to it needs what it holds: the directory of its dump, which may be a container's.
      if (left) void Promise.allSettled(running).then(() => left.close());
      target = core && readTarget(roots, core, config, now);
      if (target) target.signalled = wasSignalled(paths.incidents, roots.procDir, target.core);
    },
    reconfigure(config) {
      if (!target || running.size > 0) return;
      const { core, signalled } = target;
      target.close();
      target = readTarget(roots, core, config, now);
      target.signalled = signalled;
    },
    perform(lists, config) {
      for (const list of lists.toSorted(
        (a, b) => Number(beginsWithSignal(b)) - Number(beginsWithSignal(a)),
      )) {
        const done = performAll(list, config).finally(() => running.delete(done));
        running.add(done);
      }
    },
    finishEarlier(config) {
      // Watching a dump on may end VMs.
      if (options.dryRun) return;
      for (const unfinished of findUnfinished(paths.incidents)) {
        const done = finishOne(unfinished, config).finally(() => running.delete(done));
        running.add(done);
      }
    },
    lastRunMs: () => (options.dryRun ? dryRunMs : lastRuns.all()),
    prospect: () => target?.outlook.prospect(),
    records: () => records,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
    abort: () => stop.abort(),
  };

  async function performAll(decisions: readonly Decision[], config: Config): Promise<void> {
    for (const decision of decisions) await performOne(decision, config);
  }

  async function finishOne(unfinished: Unfinished, config: Config): Promise<void> {
    const { kind, rule } = unfinished.begun;
    const record = newRecord({ do: "crash-dump", rule, kind, level: "critical", episodeId: unfinished.id });
    const incident = openIncident(paths.incidents, unfinished.id);
    const context = { config, incident, roots, journal, now, signal: stop.signal };
    try {
      Object.assign(record, await finishIncident(context, unfinished));
    } catch (error) {
      Object.assign(record, { outcome: "failed", message: describeError(error) });
    } finally {
      incident.close();
    }
    journal.deed(`incident ${unfinished.id} of an earlier agent: ${record.outcome}: ${record.message}`);
    options.onRecord(record);
  }

  async function performOne(decision: Decision, config: Config): Promise<Outcome> {
    const { action } = decision;
    const record = newRecord(action);
    if (options.dryRun && decision.verdict === "run") dryRunMs[cooldownKey(action)] = now();
    const refusal = decision.verdict === "skip" ? decision.reason : options.dryRun ? "dry run" : undefined;
    Object.assign(record, refusal === undefined ? await attempt(action, config, record) : skipped(refusal));
    const tone = record.outcome === "done" || record.outcome === "skipped" ? "info" : "error";
    journal.deed(`${action.kind} ${action.level}: ${action.do} ${record.outcome}: ${record.message}`, tone);
    options.onRecord(record);
    return { outcome: record.outcome, message: record.message, files: record.files };
  }

  async function attempt(action: Action, config: Config, record: ActionRecord): Promise<Outcome> {
    const isDump = action.do === "debug-dump" || action.do === "crash-dump";
    if (!target && isDump) return skipped("no NSO core is running");
    const incident = openIncident(paths.incidents, action.episodeId ?? `info-${now()}`);
    const key = cooldownKey(action);
    const sent = Promise.withResolvers<void>();
    if (action.do === "crash-dump") signalIsOut = sent.promise;
    const context: OwnDeedContext = {
      action,
      config,
      target,
      incident,
      procDir: roots.procDir,
      roots,
      journal,
      now,
      signal: stop.signal,
      begun() {
        sent.resolve();
        lastRuns.set(key, now());
        options.onRecord(record);
      },
      undone: () => lastRuns.forget(key),
      facts: factsOf({
        action,
        corePid: target?.core.pid,
        overcommitMode: options.overcommitMode(),
        dryRun: false,
        incidentDir: incident.dir,
      }),
      perform(name) {
        const asked: Action = { ...action, do: name };
        const { overcommitMode } = options;
        const circumstances = { nowMs: now(), overcommitMode: overcommitMode(), lastRunMs: lastRuns.all() };
        return performOne(decideAsked(asked, config, circumstances), config);
      },
    };
    try {
      if (!isDump) await Promise.race([signalIsOut, Bun.sleep(holdBackMsMax)]);
      return await deed(context);
    } catch (error) {
      return { outcome: "failed", message: describeError(error), files: [] };
    } finally {
      sent.resolve();
      incident.close();
    }
  }

  function newRecord(action: Pick<Action, "do" | "kind" | "level" | "rule" | "episodeId">): ActionRecord {
    const { kind, level, rule, episodeId } = action;
    const record: ActionRecord = {
      atMs: now(),
      kind,
      level,
      rule,
      incident: episodeId,
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

async function deed(context: OwnDeedContext): Promise<Outcome> {
  const { target, action } = context;
  switch (action.do) {
    case "debug-dump":
    case "crash-dump":
      if (!target) return skipped("no NSO core is running");
      return await takeDump({ ...context, target }, action.do);
    case "callback":
      return await takeCallback(context);
    default:
      return await takeRun(runPath(action.do) ?? "", context);
  }
}

function takeDump(context: DeedContext, name: "debug-dump" | "crash-dump"): Promise<Outcome> {
  return name === "debug-dump" ? takeDebugDumps(context) : takeCrashDump(context);
}

function beginsWithSignal([first]: readonly Decision[]): boolean {
  return first?.verdict === "run" && first.action.do === "crash-dump";
}

function skipped(reason: string): Outcome {
  return { outcome: "skipped", message: reason, files: [] };
}
