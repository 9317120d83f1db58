/** From one reading to what is done about it. The action comes first, the bookkeeping after it. */

import { momentNow } from "../core/clock.ts";
import { decisionRows } from "../core/decision-row.ts";
import type { LevelChange } from "../core/episode.ts";
import type { Reading } from "../core/reading.ts";
import { decide, type Firing, isEnforced } from "../core/rule.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { quietly } from "../rescue/bookkeeping.ts";
import { createConfirmation } from "./confirmation.ts";
import { describeLevel } from "./level-text.ts";
import type { AgentParts } from "./parts.ts";

export interface Decider {
  take(reading: Reading): void;
}

type DeciderParts = Pick<AgentParts, "host" | "recorder" | "performer" | "holder" | "measured">;

export interface DeciderOptions {
  /** The readings are another tool's; its verdicts are obeyed, its basis and limits are its own. */
  foreign: boolean;
  /** What led to something irreversible was not found again right after. */
  onRefuted: () => void;
}

export function createDecider(parts: DeciderParts, { foreign, onRefuted }: DeciderOptions): Decider {
  const { host, performer, holder, measured } = parts;
  const { levels, meter } = measured;
  const decideOn = (firing: Firing) => decide(firing, holder.config(), performer.circumstances());
  const confirm = createConfirmation({
    meter,
    foreign,
    isIrreversible: (firing) =>
      decideOn(firing).some(
        ({ action, verdict }) => verdict === "run" && actionKinds[action.do.kind].irreversible,
      ),
    levelNow: (kind) => levels.state(kind).level ?? "normal",
    onRefuted,
    onDoubt: (text) => quietly(host, "not logged", () => host.journal.action(text, "warning")),
  });
  return {
    take(reading) {
      const config = holder.config();
      const { change, firings } = levels.take(
        reading,
        config,
        (entered) => confirm(entered, reading, config),
        measured.steady.of(reading.atMs, momentNow(host)),
      );
      const decided = firings.map((firing) => ({ firing, decisions: decideOn(firing) }));
      performer.perform(
        decided.map(({ decisions }) => decisions),
        config,
      );
      quietly(host, "the decision was not logged", () => {
        for (const row of decisionRows({ change, firings: decided })) host.journal.decision(row);
      });
      if (change) quietly(host, "the level was not recorded", () => logChange(change, parts));
    },
  };
}

const toneOf = { normal: "info", warning: "warning", critical: "error" } as const;

/** A level that leads to nothing is one line and no alarm, and no incident is opened for it. */
function logChange(change: LevelChange, { host, holder, measured, recorder, performer }: DeciderParts): void {
  const config = holder.config();
  const isAdvisory = !isEnforced(change.kind, config, performer.circumstances().overcommitMode);
  const text = describeLevel(change, config, { meter: measured.meter, isAdvisory });
  host.journal.action(text, isAdvisory ? "info" : toneOf[change.to]);
  recorder.level(isAdvisory ? { ...change, episode: null } : change, text);
}
