/** What an action gets to work with. */

import type { Action, Outcome } from "../core/action.ts";
import type { AskableKind } from "../core/action-facts.ts";
import type { ActionKindFacts } from "../core/action-kind.ts";
import type { Config } from "../core/config.ts";
import type { IncidentStep } from "../core/incident-step.ts";
import type { Incident, Incidents } from "../record/incident.ts";
import type { Host } from "./host.ts";
import type { Target } from "./target.ts";

/** What is done about one incident, by this agent or by one that takes it up later. */
export interface IncidentContext {
  config: Config;
  incident: Incident;
  host: Host;
  /** Aborted when the agent stops. */
  stop: AbortSignal;
}

/** Of one action that a rule asked for. */
export interface ActionContext extends IncidentContext {
  action: Action;
  /** The NSO core and what is held of it; undefined while there is none. */
  target: Target | undefined;
  run: ActionRun;
  tries: Tries;
  /** All there are, for room on their disk. */
  incidents: Incidents;
}

/** How often the action was begun for one decision, and what its incident was told on the way. */
export interface Tries {
  /** 1 for the first. */
  count: number;
  /** Kinds of steps that need not be recorded each time. */
  told: Set<IncidentStep["step"]>;
}

/** Of a kind that needs a core. */
export interface CoreActionContext extends ActionContext {
  target: Target;
}

/** What an action says about its own progress. */
export interface ActionRun {
  /** It has begun in earnest: from here on its cool-down counts and the status shows it as running. */
  begun: () => void;
  /** How far it has come, for the status. */
  note: (text: string) => void;
  /** The core lives on with its signal spent: what still comes of its dump belongs to this incident. */
  survived: () => void;
  /** It has come to nothing: the cool-down is lifted. */
  undone: () => void;
  /** Performs another action for the same reading, with that action's own cool-down. */
  ask: (kind: AskableKind) => Promise<Outcome>;
}

/** One kind of action: what the rules know of it, and how it is performed. `perform` may throw: that is a failure. */
export type ActionKindEntry = ActionKindFacts &
  (
    | { needsCore: true; perform: (context: CoreActionContext) => Promise<Outcome> }
    | { needsCore: false; perform: (context: ActionContext) => Promise<Outcome> }
  );
