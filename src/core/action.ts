/** Actions are data until the edge performs them; outcomes are what came of them. */

import type { Level } from "./level.ts";
import type { MemoryKind, Reading } from "./reading.ts";

/** The built-in actions, as they are written in the configuration. */
export const actionNames = ["debug-dump", "crash-dump"] as const;
export type ActionName = (typeof actionNames)[number];

/** One thing to do because `kind` entered `level`. */
export interface Action {
  do: ActionName;
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
  | { action: Action; verdict: "skip"; reason: string };

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
  atMs: number;
  kind: MemoryKind;
  level: Level;
  action: string;
  outcome: OutcomeWord;
  message: string;
  files: string[];
}
