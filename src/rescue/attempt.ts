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
import { kindWords } from "../core/kind-words.ts";
import { type Circumstances, decideAsked, type OvercommitMode } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { CoreRegister } from "../record/core-register.ts";
import type { Incidents } from "../record/incident.ts";
import type { LastRuns } from "../record/last-runs.ts";
import type { ActionContext, ActionKindEntry, Tries } from "./action-context.ts";
import { actionKinds } from "./action-kinds.ts";
import type { ActionRecords } from "./action-records.ts";
import { quietly } from "./bookkeeping.ts";
import type { FollowedTarget } from "./followed-target.ts";
import type { Host } from "./host.ts";
import type { Target } from "./target.ts";

export interface PerformerOptions {
  host: Host;
  incidents: Incidents;
  /** Which cores were sent the signal, by this agent or another. */
  register: Pick<CoreRegister, "wasSignalled">;
  lastRuns: LastRuns;
  dryRun: boolean;
  /** Between two attempts to send a signal that did not go out. Default: a second. */
  retryMs?: number;
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
  /** As it was last read. */
  overcommitMode: OvercommitMode;
  retryMs: number;
  /** Goes on trying, where the signal of this attempt is not out. */
  retry: (unsent: Unsent) => void;
  /** The core of this incident outlived the watch of its dump. */
  onSurvived: (incidentId: string | null, config: Config) => void;
  /** Settled unless a signal is on its way. */
  signalIsOut: Promise<void>;
}

/** Performs a decision, or records why it is skipped. Never throws. */
export async function performOne(
  state: PerformerState,
  decision: Decision,
  config: Config,
): Promise<Outcome> {
  const { host, dryRun, dryRunMs } = state;
  const { action } = decision;
  // The line of the level says it, and decisions.log has the row: a second line for each would read as an alarm.
  if (decision.verdict === "skip" && decision.because === "advisory") return skipped(decision.reason);
  const tries: Tries = { count: 1, told: new Set() };
  const target = state.target.now();
  const record = state.records.begin(action);
  if (dryRun && decision.verdict === "run") dryRunMs[cooldownKey(action, actionKinds)] = host.monotonicMs();
  const refusal = decision.verdict === "skip" ? decision.reason : dryRun ? "dry run" : undefined;
  const outcome =
    refusal === undefined ? await attempt(state, { action, config, record, tries }) : skipped(refusal);
  conclude(state, { action, record, outcome });
  // Beside what comes next in its list.
  if (refusal === undefined && target && actionKinds[action.do.kind].sendsSignal)
    state.retry({ action, config, target, tries, outcome });
  return outcome;
}

/** Says and records what came of it. Never throws. */
export function conclude(
  { host, onRecord }: Pick<PerformerState, "host" | "onRecord">,
  { action, record, outcome }: { action: Action; record: ActionRecord; outcome: Outcome },
): void {
  Object.assign(record, outcome);
  const tone = record.outcome === "done" || record.outcome === "skipped" ? "info" : "error";
  const text = `${kindWords[action.kind]} ${action.level}: ${record.action} ${record.outcome}: ${record.message}`;
  quietly(host, "the outcome was not logged", () => host.journal.action(text, tone));
  quietly(host, "the outcome was not recorded", () => onRecord(record));
}

/** The signal is out within 100 ms, unless the crash dump waits for its moment: a page is not held back for that. */
const holdBackMsMax = 1000;
/** For the directory of the incident, into which most actions write: 1 ms on a healthy disk. */
const readyMsMax = 1000;

/** A decision whose signal may still have to be sent. */
export interface Unsent {
  action: Action;
  config: Config;
  target: Target;
  tries: Tries;
  /** What came of the first attempt. */
  outcome: Outcome;
}

/** What one attempt is about. */
export interface Attempt {
  action: Action;
  config: Config;
  record: ActionRecord;
  tries: Tries;
}

/** Never throws: what does is the action's failure. */
export async function attempt(state: PerformerState, one: Attempt): Promise<Outcome> {
  const signal = Promise.withResolvers<void>();
  try {
    return await attemptIt(state, one, signal);
  } catch (error) {
    return failed(describeError(error));
  } finally {
    signal.resolve();
  }
}

async function attemptIt(
  state: PerformerState,
  one: Attempt,
  signal: PromiseWithResolvers<void>,
): Promise<Outcome> {
  const { host, incidents } = state;
  const { action, config, tries } = one;
  const kind = actionKinds[action.do.kind];
  const target = state.target.now();
  const perform = performanceOf(kind, target);
  if (!perform) return skipped("no NSO core is running");
  if (kind.sendsSignal) state.signalIsOut = signal.promise;
  const incident = incidents.open(action.episodeId ?? `info-${host.wallMs()}`);
  try {
    const run = runOf(state, one, signal.resolve);
    if (!kind.sendsSignal) await incident.ready(readyMsMax);
    if (!kind.needsCore) await Promise.race([state.signalIsOut, Bun.sleep(holdBackMsMax)]);
    const stop = state.stop.signal;
    return await perform({ action, config, target, incident, incidents, host, stop, run, tries });
  } finally {
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

/** What a decision of now depends on. Never throws: what cannot be read now is as it was when it last could. */
export function circumstancesOf(state: PerformerState): Circumstances {
  const { host, lastRuns, dryRun, dryRunMs } = state;
  quietly(host, "vm.overcommit_memory cannot be read", () => {
    state.overcommitMode = readOvercommitMode(host.roots.procDir);
  });
  let lastRunMs: Readonly<Record<string, number>> = dryRunMs;
  // Where it is not known, none ran: a rescue too many is the lesser evil.
  if (!dryRun) quietly(host, "the cool-downs are not known", () => (lastRunMs = lastRuns.all()));
  return { nowMs: host.monotonicMs(), overcommitMode: state.overcommitMode, lastRunMs, kinds: actionKinds };
}

function runOf(
  state: PerformerState,
  { action, config, record }: Attempt,
  onBegun: () => void,
): ActionContext["run"] {
  const { host, lastRuns, onRecord } = state;
  const key = cooldownKey(action, actionKinds);
  return {
    begun() {
      onBegun();
      state.records.keep(record);
      quietly(host, "the cool-down was not noted", () => lastRuns.set(key, host.monotonicMs()));
      quietly(host, "the beginning was not recorded", () => onRecord(record));
    },
    note(text) {
      record.message = text;
    },
    survived: () => state.onSurvived(action.episodeId, config),
    undone: () => lastRuns.forget(key),
    ask(kind) {
      const asked: Action = { ...action, do: { kind } };
      return performOne(state, decideAsked(asked, config, circumstancesOf(state)), config);
    },
  };
}
