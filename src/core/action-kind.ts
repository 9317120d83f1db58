/** What the rules know of each kind of action before it is performed. The table itself is src/rescue/action-kinds.ts. */

import { type Action, type ActionKind, wordOf } from "./action.ts";
import type { Config } from "./config.ts";

export interface ActionKindFacts {
  /** Its word is `KIND:/absolute/path`. */
  takesPath: boolean;
  /** There is nothing to do without a running NSO core. */
  needsCore: boolean;
  /** It may end NSO, or do anything at all: the reading is confirmed by a fresh one before it runs. */
  irreversible: boolean;
  /** It sends SIGUSR1: nothing is started on this host until the signal is out. */
  sendsSignal: boolean;
  /** One cool-down for all rules of a memory kind (a dump is a dump, whoever asks for it), or one for each rule. */
  cooldownPer: "memory-kind" | "rule";
  /** The shortest time between two runs, where the rule names none. */
  cooldownMs: (config: Config) => number;
}

/** The facts of every kind: a rule, a replay and a check of the configuration get them as an argument. */
export type ActionKindTable = Readonly<Record<ActionKind, ActionKindFacts>>;

/** The key under which an action's last run is remembered: `physical/crash-dump`, `page/run:/etc/nsomem/page`. */
export function cooldownKey(action: Pick<Action, "kind" | "do" | "rule">, kinds: ActionKindTable): string {
  const per = kinds[action.do.kind].cooldownPer === "memory-kind" ? action.kind : action.rule;
  return `${per}/${wordOf(action.do)}`;
}
