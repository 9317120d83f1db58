/** Actions are data until the edge performs them; outcomes are what came of them. */

import type { Level } from "./level.ts";
import type { MemoryKind, Reading } from "./reading.ts";

/** The actions that are part of nsomem; a callback can call them too. */
export const builtInNames = ["debug-dump", "crash-dump"] as const;
export type BuiltInName = (typeof builtInNames)[number];

/** What a list in the configuration may hold: the built-in actions, the user's callback, an executable. */
export const actionNames = [...builtInNames, "callback"] as const;
export type ActionWord = (typeof actionNames)[number] | `run:/${string}`;

/** The executable's path of a `run:` action, undefined for the others. */
export function runPath(word: string): string | undefined {
  return word.startsWith("run:") ? word.slice("run:".length) : undefined;
}

/** One thing to do because a rule fired: usually since `kind` entered `level`. */
export interface Action {
  do: ActionWord;
  /** The rule that fired: `crit_phy`, or the name of a `[[rule]]`. */
  rule: string;
  kind: MemoryKind;
  level: Level;
  /** The episode's id, which names the incident directory; info actions outside an episode have none. */
  episodeId: string | null;
  /** The reading that led to it. */
  reading: Reading;
}

/** Whether to perform an action, and if not, why not. */
export type Decision =
  | { action: Action; verdict: "run" }
  | { action: Action; verdict: "skip"; because: "advisory" | "cool-down"; reason: string };

/**
 * `done`: all of it. `partial`: some of it (two of three dumps). `failed`: nothing of use. `skipped`: not attempted.
 * `running`: begun and not ended yet.
 */
export const outcomeWords = ["running", "done", "partial", "failed", "skipped"] as const;
export type OutcomeWord = (typeof outcomeWords)[number];

/** What came of an action: a sentence for the operator and the files it left. */
export interface Outcome {
  outcome: OutcomeWord;
  message: string;
  files: string[];
}

/** An action with its outcome and time, as status and the incident keep it. */
export interface ActionRecord {
  /** The episode that it belongs to, which names the incident; null outside of one. */
  incident: string | null;
  atMs: number;
  kind: MemoryKind;
  level: Level;
  rule: string;
  action: string;
  outcome: OutcomeWord;
  message: string;
  files: string[];
}
