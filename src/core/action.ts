/** Actions are data until the edge performs them; outcomes are what came of them. */

import type { Level } from "./level.ts";
import type { MemoryKind, Reading } from "./reading.ts";

/**
 * Every kind of action by name, and what its word carries. Each kind adds itself in the one file of src/rescue that
 * performs it (declaration merging), so that a new kind changes no file here.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by src/rescue, see above
export interface ActionKinds {}

export type ActionKind = keyof ActionKinds;

/** What a list of the configuration asks for, parsed once: "run:/x" is `{ kind: "run", path: "/x" }`. */
export type ActionSpec = { [K in ActionKind]: { kind: K } & ActionKinds[K] }[ActionKind];

/** The executable's path of an action that has one. */
export function pathOf(spec: ActionSpec): string | undefined {
  return "path" in spec ? spec.path : undefined;
}

/** The word of a list: "debug-dump", "run:/x". Also how logs, status and cool-downs name the action. */
export function wordOf(spec: ActionSpec): string {
  const path = pathOf(spec);
  return path === undefined ? spec.kind : `${spec.kind}:${path}`;
}

/** The kind that a word names: `run` of "run:/x". */
export function kindOfWord(word: string): string {
  return word.split(":", 1)[0] ?? word;
}

/** One thing to do because a rule fired: usually since `kind` entered `level`. */
export interface Action {
  do: ActionSpec;
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
  | { action: Action; verdict: "skip"; because: "advisory" | "cool-down" | "forecast"; reason: string };

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

/** The outcome of an action that was not attempted. */
export function skipped(reason: string): Outcome {
  return { outcome: "skipped", message: reason, files: [] };
}

/** The outcome of an action that came to nothing of use. */
export function failed(message: string, files: string[] = []): Outcome {
  return { outcome: "failed", message, files };
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

/** How many actions of a kind came to what: `{ "debug-dump": { done: 3 } }`; what there was none of is not there. */
export type ActionCounts = Record<string, Partial<Record<OutcomeWord, number>>>;
