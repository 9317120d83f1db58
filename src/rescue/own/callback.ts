/** The deed `callback`: the user's export of the rule's name, in a process of its own. */

import type { Outcome } from "../../core/action.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownershipComplaints } from "../../linux/ownership.ts";
import { clampedEnv, selfCommand } from "../../linux/self.ts";
import type { OwnDeedContext } from "../action-context.ts";
import { type CallbackHost, callCallback } from "./callback-call.ts";

export async function takeCallback(context: OwnDeedContext): Promise<Outcome> {
  const { action, config, incident, facts, journal, now } = context;
  const { file, timeout } = config.callbacks;
  if (file === undefined) return { outcome: "failed", message: "there is no callbacks file", files: [] };
  const [complaint] = ownershipComplaints(file);
  if (complaint) return { outcome: "failed", message: complaint, files: [] };
  context.begun();
  incident.record({ atMs: now(), step: "callback-begun", file, rule: action.rule });
  const outcome = await callCallback({
    host: callbackHost(),
    file,
    name: action.rule,
    facts,
    timeoutMs: timeout,
    ask: context.perform,
    onLog: (text, tone) => journal.deed(`${action.rule}: ${text}`, tone),
    signal: context.signal,
  });
  incident.record({ atMs: now(), step: "callback-ended", file, ...outcome });
  return outcome;
}

/** This program once more, under the hidden command; started on demand: kept warm it would hold 35 MB for ever. */
export function callbackHost(): CallbackHost {
  return {
    command: [...selfCommand(), "callback-host"],
    // Bun's own way to end with its parent: a loop in a callback would outlive a killed agent, deadline and all.
    env: { ...clampedEnv(process.env), BUN_FEATURE_FLAG_NO_ORPHANS: "1" },
    onChild: (pid) => writeOomScoreAdj("/proc", pid, 0),
  };
}
