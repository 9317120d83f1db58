/** What an executable or a callback gets to know: the same facts as JSON, as variables and as the callback's context. */

import type { Action, ActionKind } from "./action.ts";
import type { ActionOutcome, CallbackContext } from "./callback-api.ts";
import { formatTime, percentOf } from "./units.ts";

/** Keys are added, never renamed. Memory in KiB, times ISO 8601. */
export interface ActionFacts
  extends Pick<
    CallbackContext,
    "rule" | "ncssmp_pid" | "overcommit_mode" | "dry_run" | "incident_dir" | "reading"
  > {
  schema: 1;
}

export interface ActionFactsInput {
  action: Action;
  corePid: number | undefined;
  overcommitMode: number;
  dryRun: boolean;
  incidentDir: string;
}

export function factsOf({
  action,
  corePid,
  overcommitMode,
  dryRun,
  incidentDir,
}: ActionFactsInput): ActionFacts {
  const { usedKib, limitKib, thresholdPercent, ceiling, atMs } = action.reading;
  return {
    schema: 1,
    rule: action.rule,
    ncssmp_pid: corePid ?? null,
    overcommit_mode: overcommitMode,
    dry_run: dryRun,
    incident_dir: incidentDir,
    reading: {
      kind: action.kind,
      level: action.level,
      used_kib: usedKib,
      limit_kib: limitKib,
      percent: percentOf(usedKib, limitKib, 2),
      threshold_percent: thresholdPercent,
      ceiling,
      at: formatTime(atMs),
    },
  };
}

/** The facts as environment variables: NSOMEM_RULE, NSOMEM_NCSSMP_PID, NSOMEM_USED_KIB, … Absent ones are empty. */
export function factVariables(facts: ActionFacts): Record<string, string> {
  const { reading, schema: _, ...rest } = facts;
  const entries = Object.entries({ ...rest, ...reading });
  return Object.fromEntries(
    entries.map(([key, value]) => [`NSOMEM_${key.toUpperCase()}`, String(value ?? "")]),
  );
}

/** The kinds of action that a callback can ask for: those whose word is their name alone. */
export const askableKinds = ["debug-dump", "crash-dump"] as const satisfies readonly ActionKind[];
export type AskableKind = (typeof askableKinds)[number];

/** From the agent to a callback's process, one JSON object a line. */
export type ToCallback =
  | { type: "call"; file: string; name: string; facts: ActionFacts }
  | { type: "result"; id: number; outcome: ActionOutcome };

/** From a callback's process to the agent, one JSON object a line. */
export type FromCallback =
  | { type: "log"; level: "info" | "warning" | "error"; text: string }
  | { type: "ask"; id: number; action: AskableKind }
  | { type: "exports"; exports: CallbackExport[] }
  | { type: "done" }
  | { type: "failed"; message: string };

/** An export of a callbacks file as the check finds it. */
export interface CallbackExport {
  name: string;
  type: string;
  /** Number of parameters, of a function. */
  arity: number;
}
