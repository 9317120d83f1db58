/** Performs decisions: each list in its order, different lists beside each other, so that critical never waits. */

import type { ActionCounts, ActionRecord, Decision } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { DumpProspect } from "../core/dump-prospect.ts";
import type { Hazard } from "../core/hazard.ts";
import type { Circumstances } from "../core/rule.ts";
import type { Relative } from "../linux/family.ts";
import type { HeldCore } from "../record/core-register.ts";
import { actionKinds } from "./action-kinds.ts";
import { createActionRecords } from "./action-records.ts";
import { circumstancesOf, type PerformerOptions, type PerformerState, performOne } from "./attempt.ts";
import { quietly } from "./bookkeeping.ts";
import { explainEnd } from "./core-end.ts";
import { findUnfinished, finishUnfinished, type Unfinished } from "./crash-dump/unfinished.ts";
import { createFollowedTarget } from "./followed-target.ts";
import { createMending, earlierAction } from "./mending.ts";
import { retryUnsent } from "./retry-unsent.ts";

export interface Performer {
  /** The core that actions are for; what they need of it is read now, while it is healthy. */
  follow(held: HeldCore | undefined, config: Config): void;
  /** The core has ended: who ended it is looked for, and recorded in that incident. Before another is followed. */
  ended(episodeId: string | undefined): void;
  /** Another configuration: what it says about the core is read anew, unless something is being done to it. */
  reconfigure(config: Config): void;
  /**
   * Performs the lists that one reading led to, each in its order and beside the others. One that begins with the
   * signal goes first: until it is out, nothing else is started.
   */
  perform(lists: readonly (readonly Decision[])[], config: Config): void;
  /** Finishes the incidents that an earlier agent left without a verdict. */
  finishEarlier(config: Config): void;
  /** What a decision of now depends on, with the cool-downs of what was performed. */
  circumstances(): Circumstances;
  /** What would come of a crash dump now; undefined without a core, and before it was looked at. */
  prospect(): DumpProspect | undefined;
  /** What may end the core before its dump is whole, and the way out of it. */
  hazards(): readonly Hazard[];
  /** The VMs beside the core, as they were found at most 10 s ago; none without a core. */
  family(): readonly Relative[];
  /** The last actions, oldest first. */
  records(): readonly ActionRecord[];
  /** How many came to what since the start. */
  counts(): ActionCounts;
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
  /** Ends what may be ended: debug dumps. A crash dump is NSO's own and goes on. */
  abort(): void;
}

/** Long enough that a refusal costs nothing, short against the minutes in which memory fills. */
const retryMs = 1000;

export function createPerformer(options: PerformerOptions): Performer {
  const { host, incidents, dryRun } = options;
  const begin = (work: Promise<void>) => beginIn(state, work);
  const state: PerformerState = {
    ...options,
    records: createActionRecords(host.wallMs),
    target: createFollowedTarget(host, incidents),
    running: new Set(),
    stop: new AbortController(),
    dryRunMs: {},
    overcommitMode: 0,
    retryMs: options.retryMs ?? retryMs,
    signalIsOut: Promise.resolve(),
    retry: (unsent) => begin(retryUnsent(state, unsent)),
    onSurvived: (id, config) => mending.later(id, config),
  };
  const mending = createMending(state);
  const { running, records, target, stop } = state;
  return {
    follow: (held, config) => target.follow(held, config, running),
    ended(episodeId) {
      const left = target.now();
      if (left) begin(explainEnd(left, { host, incidents, episodeId }));
    },
    reconfigure(config) {
      if (running.size === 0) target.reconfigure(config);
    },
    perform(lists, config) {
      const signalFirst = lists.toSorted((a, b) => Number(beginsWithSignal(b)) - Number(beginsWithSignal(a)));
      for (const list of signalFirst) begin(performAll(state, list, config));
    },
    finishEarlier(config) {
      // Watching a dump on may end VMs.
      if (dryRun) return;
      begin(finishAll(state, config));
      mending.earlier(config);
    },
    circumstances: () => circumstancesOf(state),
    prospect: () => target.now()?.outlook.prospect(),
    hazards: () => target.now()?.outlook.hazards() ?? [],
    family: () => target.now()?.outlook.family() ?? [],
    records: records.all,
    counts: records.counts,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
      await mending.idle();
    },
    abort: () => stop.abort(),
  };
}

function beginsWithSignal([first]: readonly Decision[]): boolean {
  return first?.verdict === "run" && actionKinds[first.action.do.kind].sendsSignal;
}

async function performAll(
  state: PerformerState,
  decisions: readonly Decision[],
  config: Config,
): Promise<void> {
  for (const decision of decisions) await performOne(state, decision, config);
}

function beginIn({ running }: PerformerState, work: Promise<void>): void {
  const done = work.catch(() => undefined).finally(() => running.delete(done));
  running.add(done);
}

/** The incidents are on a disk that may hang: looked for beside what else the agent does. */
async function finishAll(state: PerformerState, config: Config): Promise<void> {
  const { incidents } = state;
  const unfinished = await incidents.read(() => findUnfinished(incidents.dir)).catch(() => []);
  await Promise.all(unfinished.map((one) => finishOne(state, one, config)));
}

async function finishOne(state: PerformerState, unfinished: Unfinished, config: Config): Promise<void> {
  const { host, incidents, register, stop } = state;
  const record = state.records.begin(earlierAction(unfinished));
  const context = {
    ...{ config, host, stop: stop.signal },
    note(text: string) {
      record.message = text;
    },
    survived: () => state.onSurvived(unfinished.id, config),
  };
  Object.assign(record, await finishUnfinished(context, { incidents, register }, unfinished));
  const text = `incident ${unfinished.id} of an earlier agent: ${record.outcome}: ${record.message}`;
  quietly(host, "the outcome was not logged", () => host.journal.action(text));
  quietly(host, "the outcome was not recorded", () => state.onRecord(record));
}
