/** Verdicts that are mended: of cores that outlived the watch of their dump, looked at again when they have ended. */

import type { Config } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import type { PerformerState } from "./attempt.ts";
import { quietly } from "./bookkeeping.ts";
import { mendSurvived } from "./crash-dump/survived.ts";
import { findSurvived, type Unfinished } from "./crash-dump/unfinished.ts";

export interface Mending {
  /** What earlier agents left. */
  earlier(config: Config): void;
  /** An action of this agent has ended so, or is about to. */
  later(incidentId: string | null, config: Config): void;
  /** Resolves when nothing is looked at any more: soon after the end of NSO, or after a while. */
  idle(): Promise<void>;
}

/** By then the action has ended, and its record is on disk. */
const laterMs = 3000;
/** After the end of NSO; another core that was signalled once may live on. */
const idleMsMax = 60_000;

type MendingState = Pick<PerformerState, "host" | "incidents" | "records" | "stop" | "onRecord">;

/** Apart from the actions that run: it may take as long as NSO lives, and holds up nothing. */
export function createMending(state: MendingState): Mending {
  const { host, incidents, stop } = state;
  const mending = new Set<Promise<void>>();
  const mendAll = async (config: Config, isWanted: (one: Unfinished) => boolean) => {
    try {
      const survived = await incidents.read(() => findSurvived(incidents.dir));
      await Promise.all(survived.filter(isWanted).map((one) => mendOne(state, one, config)));
    } catch (error) {
      const text = `the incidents could not be looked at again: ${describeError(error)}`;
      quietly(host, "not logged", () => host.journal.action(text, "error"));
    }
  };
  const begin = (config: Config, isWanted: (one: Unfinished) => boolean) => {
    if (stop.signal.aborted) return;
    const done = mendAll(config, isWanted).finally(() => mending.delete(done));
    mending.add(done);
  };
  return {
    earlier: (config) => begin(config, () => true),
    later: (incidentId, config) =>
      void setTimeout(() => begin(config, ({ id }) => id === incidentId), laterMs),
    async idle() {
      await Promise.race([Promise.allSettled(mending), Bun.sleep(idleMsMax)]);
    },
  };
}

/** The action that a crash dump of an earlier time belongs to. */
export function earlierAction({ id, begun: { kind, rule } }: Unfinished) {
  return { do: { kind: "crash-dump" }, rule, kind, level: "critical", episodeId: id } as const;
}

/** A new record: that of the action has its outcome. */
async function mendOne(state: MendingState, survived: Unfinished, config: Config): Promise<void> {
  const { host, incidents, stop, onRecord, records } = state;
  const outcome = await mendSurvived({ config, host, stop: stop.signal }, incidents, survived);
  if (!outcome) return;
  const record = Object.assign(records.begin(earlierAction(survived)), outcome);
  const text = `incident ${survived.id}, whose core outlived its watch: ${outcome.message}`;
  quietly(host, "the outcome was not logged", () => host.journal.action(text, "warning"));
  quietly(host, "the outcome was not recorded", () => onRecord(record));
}
