/** One action, from its decision to its outcome: what it gets, its cool-down, its record. Never throws. */

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
import { describeError } from "../core/errors.ts";
import { type Circumstances, decideAsked } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { CoreRegister } from "../record/core-register.ts";
import { openIncident } from "../record/incident.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { ActionContext, ActionKindEntry } from "./action-context.ts";
import { actionKinds } from "./action-kinds.ts";
import type { ActionRecords } from "./action-records.ts";
import type { FollowedTarget } from "./followed-target.ts";
import type { Host } from "./host.ts";
import type { Target } from "./target.ts";

export interface PerformerOptions {
  host: Host;
  incidentsDir: string;
  /** Which cores were sent the signal, by this agent or another. */
  register: Pick<CoreRegister, "wasSignalled">;
  lastRuns: LastRuns;
  dryRun: boolean;
  /** Called when an action begins in earnest and again when it has ended, with the same record. */
  onRecord: (record: ActionRecord) => void;
}

/** What all actions of an agent share. */
export interface PerformerState extends PerformerOptions {
  records: ActionRecords;
  target: FollowedTarget;
  running: Set<Promise<void>>;
  stop: AbortController;
  /** When each action would have run in earnest: a dry run has its cool-downs too. */
  dryRunMs: Record<string, number>;
  /** Settled unless a signal is on its way. */
  signalIsOut: Promise<void>;
}

/** Performs a decision, or records why it is skipped. */
export async function performOne(
  state: PerformerState,
  decision: Decision,
  config: Config,
): Promise<Outcome> {
  const { host, dryRun, dryRunMs, onRecord } = state;
  const { action } = decision;
  const record = state.records.begin(action);
  if (dryRun && decision.verdict === "run") dryRunMs[cooldownKey(action, actionKinds)] = host.monotonicMs();
  const refusal = decision.verdict === "skip" ? decision.reason : dryRun ? "dry run" : undefined;
  const outcome = refusal === undefined ? await attempt(state, action, config, record) : skipped(refusal);
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

async function attempt(
  state: PerformerState,
  action: Action,
  config: Config,
  record: ActionRecord,
): Promise<Outcome> {
  const { host, incidentsDir } = state;
  const kind = actionKinds[action.do.kind];
  const target = state.target.now();
  const perform = performanceOf(kind, target);
  if (!perform) return skipped("no NSO core is running");
  const incident = openIncident(incidentsDir, action.episodeId ?? `info-${host.wallMs()}`);
  const signal = Promise.withResolvers<void>();
  if (kind.sendsSignal) state.signalIsOut = signal.promise;
  const context: ActionContext = {
    action,
    config,
    target,
    incident,
    host,
    stop: state.stop.signal,
    run: runOf(state, { action, config, record, onBegun: signal.resolve }),
  };
  try {
    if (!kind.needsCore) await Promise.race([state.signalIsOut, Bun.sleep(holdBackMsMax)]);
    return await perform(context);
  } catch (error) {
    return failed(describeError(error));
  } finally {
    signal.resolve();
    incident.close();
  }
}

/** Undefined where the kind needs a core and there is none. */
function performanceOf(
  kind: ActionKindEntry,
  target: Target | undefined,
): ((context: ActionContext) => Promise<Outcome>) | undefined {
  if (!kind.needsCore) return kind.perform;
  return target && ((context) => kind.perform({ ...context, target }));
}

/** What a decision of now depends on. */
export function circumstancesOf({ host, lastRuns, dryRun, dryRunMs }: PerformerState): Circumstances {
  return {
    nowMs: host.monotonicMs(),
    overcommitMode: readOvercommitMode(host.roots.procDir),
    lastRunMs: dryRun ? dryRunMs : lastRuns.all(),
    kinds: actionKinds,
  };
}

function runOf(
  state: PerformerState,
  {
    action,
    config,
    record,
    onBegun,
  }: { action: Action; config: Config; record: ActionRecord; onBegun: () => void },
): ActionContext["run"] {
  const { host, lastRuns, onRecord } = state;
  const key = cooldownKey(action, actionKinds);
  return {
    begun() {
      onBegun();
      lastRuns.set(key, host.monotonicMs());
      onRecord(record);
    },
    undone: () => lastRuns.forget(key),
    ask(kind) {
      const asked: Action = { ...action, do: { kind } };
      return performOne(state, decideAsked(asked, config, circumstancesOf(state)), config);
    },
  };
}
