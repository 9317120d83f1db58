/** Performs decisions: each list in its order, different lists beside each other, so that critical never waits. */

import {
  type Action,
  type ActionRecord,
  type Decision,
  failed,
  type Outcome,
  skipped,
} from "../core/action.ts";
import { cooldownKey } from "../core/action-kind.ts";
import type { Config } from "../core/config.ts";
import type { DumpProspect } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import { decideAsked } from "../core/rule.ts";
import type { Core } from "../linux/nso.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { openIncident } from "../record/incident.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { ActionContext } from "./action-context.ts";
import { actionKinds } from "./action-kinds.ts";
import { type ActionRecords, createActionRecords } from "./action-records.ts";
import { findUnfinished, finishIncident, type Unfinished } from "./crash-dump/unfinished.ts";
import { createFollowedTarget, type FollowedTarget } from "./followed-target.ts";
import type { Host } from "./host.ts";

export interface PerformerOptions {
  host: Host;
  incidentsDir: string;
  lastRuns: LastRuns;
  dryRun: boolean;
  /** Called when an action begins in earnest and again when it has ended, with the same record. */
  onRecord: (record: ActionRecord) => void;
}

export interface Performer {
  /** The core that actions are for; what they need of it is read now, while it is healthy. */
  follow(core: Core | undefined, config: Config): void;
  /** Another configuration: what it says about the core is read anew, unless something is being done to it. */
  reconfigure(config: Config): void;
  /**
   * Performs the lists that one reading led to, each in its order and beside the others. One that begins with the
   * signal goes first: until it is out, nothing else is started.
   */
  perform(lists: readonly (readonly Decision[])[], config: Config): void;
  /** Finishes the incidents that an earlier agent left without a verdict. */
  finishEarlier(config: Config): void;
  /** When each action last ran, by its cool-down key. */
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

/** What the functions below share. */
interface Scene extends PerformerOptions {
  records: ActionRecords;
  target: FollowedTarget;
  running: Set<Promise<void>>;
  stop: AbortController;
  /** When each action would have run in earnest: a dry run has its cool-downs too. */
  dryRunMs: Record<string, number>;
  /** Settled unless a signal is on its way. */
  signalIsOut: Promise<void>;
}

export function createPerformer(options: PerformerOptions): Performer {
  const { host, incidentsDir, lastRuns, dryRun } = options;
  const scene: Scene = {
    ...options,
    records: createActionRecords(host.now),
    target: createFollowedTarget(host, incidentsDir),
    running: new Set(),
    stop: new AbortController(),
    dryRunMs: {},
    signalIsOut: Promise.resolve(),
  };
  const { running, records, target, stop } = scene;
  const begin = (work: Promise<void>) => {
    const done = work.finally(() => running.delete(done));
    running.add(done);
  };
  return {
    follow: (core, config) => target.follow(core, config, running),
    reconfigure(config) {
      if (running.size === 0) target.reconfigure(config);
    },
    perform(lists, config) {
      const signalFirst = lists.toSorted((a, b) => Number(beginsWithSignal(b)) - Number(beginsWithSignal(a)));
      for (const list of signalFirst) begin(performAll(scene, list, config));
    },
    finishEarlier(config) {
      // Watching a dump on may end VMs.
      if (dryRun) return;
      for (const unfinished of findUnfinished(incidentsDir)) begin(finishOne(scene, unfinished, config));
    },
    lastRunMs: () => (dryRun ? scene.dryRunMs : lastRuns.all()),
    prospect: () => target.now()?.outlook.prospect(),
    records: records.all,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
    abort: () => stop.abort(),
  };
}

function beginsWithSignal([first]: readonly Decision[]): boolean {
  return first?.verdict === "run" && actionKinds[first.action.do.kind].sendsSignal;
}

async function performAll(scene: Scene, decisions: readonly Decision[], config: Config): Promise<void> {
  for (const decision of decisions) await performOne(scene, decision, config);
}

async function performOne(scene: Scene, decision: Decision, config: Config): Promise<Outcome> {
  const { host, dryRun, dryRunMs, onRecord } = scene;
  const { action } = decision;
  const record = scene.records.begin(action);
  if (dryRun && decision.verdict === "run") dryRunMs[cooldownKey(action, actionKinds)] = host.now();
  const refusal = decision.verdict === "skip" ? decision.reason : dryRun ? "dry run" : undefined;
  const outcome = refusal === undefined ? await attempt(scene, action, config, record) : skipped(refusal);
  Object.assign(record, outcome);
  const tone = record.outcome === "done" || record.outcome === "skipped" ? "info" : "error";
  host.journal.action(
    `${action.kind} ${action.level}: ${record.action} ${record.outcome}: ${record.message}`,
    tone,
  );
  onRecord(record);
  return outcome;
}

/** The signal is out within 100 ms, unless the crash dump waits for its moment: a page is not held back for that. */
const holdBackMsMax = 1000;

async function attempt(scene: Scene, action: Action, config: Config, record: ActionRecord): Promise<Outcome> {
  const { host, incidentsDir } = scene;
  const kind = actionKinds[action.do.kind];
  const target = scene.target.now();
  if (kind.needsCore && !target) return skipped("no NSO core is running");
  const incident = openIncident(incidentsDir, action.episodeId ?? `info-${host.now()}`);
  const signal = Promise.withResolvers<void>();
  if (kind.sendsSignal) scene.signalIsOut = signal.promise;
  const context: ActionContext = {
    action,
    config,
    target,
    incident,
    host,
    stop: scene.stop.signal,
    run: runOf(scene, { action, config, record, onBegun: signal.resolve }),
  };
  try {
    if (!kind.needsCore) {
      await Promise.race([scene.signalIsOut, Bun.sleep(holdBackMsMax)]);
      return await kind.perform(context);
    }
    return target ? await kind.perform({ ...context, target }) : skipped("no NSO core is running");
  } catch (error) {
    return failed(describeError(error));
  } finally {
    signal.resolve();
    incident.close();
  }
}

function runOf(
  scene: Scene,
  {
    action,
    config,
    record,
    onBegun,
  }: { action: Action; config: Config; record: ActionRecord; onBegun: () => void },
): ActionContext["run"] {
  const { host, lastRuns, onRecord } = scene;
  const key = cooldownKey(action, actionKinds);
  return {
    begun() {
      onBegun();
      lastRuns.set(key, host.now());
      onRecord(record);
    },
    undone: () => lastRuns.forget(key),
    ask(kind) {
      const asked: Action = { ...action, do: { kind } };
      const overcommitMode = readOvercommitMode(host.roots.procDir);
      const circumstances = {
        nowMs: host.now(),
        overcommitMode,
        lastRunMs: lastRuns.all(),
        kinds: actionKinds,
      };
      return performOne(scene, decideAsked(asked, config, circumstances), config);
    },
  };
}

async function finishOne(scene: Scene, unfinished: Unfinished, config: Config): Promise<void> {
  const { host, incidentsDir, stop, onRecord } = scene;
  const { kind, rule } = unfinished.begun;
  const action = {
    do: { kind: "crash-dump" },
    rule,
    kind,
    level: "critical",
    episodeId: unfinished.id,
  } as const;
  const record = scene.records.begin(action);
  const incident = openIncident(incidentsDir, unfinished.id);
  try {
    Object.assign(record, await finishIncident({ config, incident, host, stop: stop.signal }, unfinished));
  } catch (error) {
    Object.assign(record, failed(describeError(error)));
  } finally {
    incident.close();
  }
  host.journal.action(`incident ${unfinished.id} of an earlier agent: ${record.outcome}: ${record.message}`);
  onRecord(record);
}
