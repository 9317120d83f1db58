/** What every deed gets to work with. */

import type { Action, BuiltInName, Outcome } from "../core/action.ts";
import type { Facts } from "../core/action-facts.ts";
import type { Config } from "../core/config.ts";
import type { Roots } from "../linux/roots.ts";
import type { Incident } from "../record/incident.ts";
import type { Journal } from "../record/journal.ts";
import type { Target } from "./target.ts";

export interface DeedContext {
  action: Action;
  config: Config;
  target: Target;
  incident: Incident;
  procDir: string;
  roots: Roots;
  journal: Journal;
  now: () => number;
  /** Aborted when the agent stops. */
  signal: AbortSignal;
  /** The deed has begun in earnest: from here on its cool-down counts and the status shows it as running. */
  begun: () => void;
  /** It has come to nothing: the cool-down is lifted. */
  undone: () => void;
}

/** What the user's own deeds get: they need no core, and are told the facts. */
export interface OwnDeedContext extends Omit<DeedContext, "target"> {
  target: Target | undefined;
  facts: Facts;
  /** Performs a built-in action that a callback asks for, with its cool-down. */
  perform: (name: BuiltInName) => Promise<Outcome>;
}
