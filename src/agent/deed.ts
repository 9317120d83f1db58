/** What every deed gets to work with. */

import type { Action } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { Incident } from "../record/incident.ts";
import type { Journal } from "./journal.ts";
import type { Target } from "./target.ts";

export interface DeedContext {
  action: Action;
  config: Config;
  target: Target;
  incident: Incident;
  procDir: string;
  journal: Journal;
  now: () => number;
  /** Aborted when the agent stops. */
  signal: AbortSignal;
  /** The deed has begun in earnest: from here on its cool-down counts and the status shows it as running. */
  begun: () => void;
  /** It has come to nothing: the cool-down is lifted. */
  undone: () => void;
}
