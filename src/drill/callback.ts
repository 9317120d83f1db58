/** A callback of the user's, called with made-up facts. */

import { factsOf } from "../core/action-facts.ts";
import type { Config } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import type { Rule } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { callCallback } from "../rescue/own/callback-call.ts";
import { callbackHost } from "../rescue/own/callback-kind.ts";
import { madeUpFiring } from "./made-up-firing.ts";
import type { DrillOptions } from "./options.ts";

/** A callbacks file, and the directory that its callbacks may write into during the drill. */
export interface CallbackPlace {
  file: string;
  scratch: string;
}

/**
 * Calls the export of a rule's name with `dry_run`. A built-in action that it asks for is answered with "skipped".
 * Throws NsomemError CALLBACK.
 */
export async function dryCall(
  rule: Rule,
  { file, scratch }: CallbackPlace,
  config: Config,
  { roots, signal }: Pick<DrillOptions, "roots" | "signal">,
): Promise<string> {
  const { level, episodeId, reading } = madeUpFiring(rule);
  const facts = factsOf({
    action: { do: { kind: "callback" }, rule: rule.name, kind: rule.kind, level, episodeId, reading },
    corePid: undefined,
    overcommitMode: readOvercommitMode(roots.procDir),
    dryRun: true,
    incidentDir: scratch,
  });
  const outcome = await callCallback({
    call: { file, name: rule.name, facts },
    host: callbackHost(),
    timeoutMs: config.callbacks.timeout,
    dir: scratch,
    ask: async (action) => ({ outcome: "skipped", message: `${action}: dry run`, files: [] }),
    onLog: () => {},
    stop: signal,
  });
  if (outcome.outcome !== "done") throw new NsomemError("CALLBACK", outcome.message);
  return `${outcome.message} (dry)`;
}
