/** The action `callback`: the operator's export of the rule's name, in a process of its own. */

import { failed } from "../../core/action.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownershipComplaints } from "../../linux/ownership.ts";
import { ownProcDir } from "../../linux/roots.ts";
import { clampedEnv, selfCommand } from "../../linux/self.ts";
import { silenceAt } from "../../linux/silent-place.ts";
import type { ActionContext, ActionKindEntry } from "../action-context.ts";
import { callCallback } from "./callback-call.ts";
import type { CallbackHost } from "./callback-process.ts";
import { factsFor } from "./facts.ts";

declare module "../../core/action.ts" {
  interface ActionKinds {
    callback: object;
  }
}

export const callbackKind: ActionKindEntry = {
  takesPath: false,
  needsCore: false,
  irreversible: true,
  sendsSignal: false,
  cooldownPer: "rule",
  // None unless its rule names one: an info action must follow each recovery.
  cooldownMs: () => 0,
  perform: call,
};

async function call(context: ActionContext) {
  const { action, config, incident, host } = context;
  const { file, timeout } = config.callbacks;
  if (file === undefined) return failed("there is no callbacks file");
  const silence = await silenceAt(file);
  if (silence !== undefined) return failed(silence);
  const [complaint] = ownershipComplaints(file);
  if (complaint) return failed(complaint);
  context.run.begun();
  incident.record(host.wallMs(), { step: "callback-begun", file, rule: action.rule });
  const outcome = await callCallback({
    call: { file, name: action.rule, facts: factsFor(context) },
    host: callbackHost(),
    timeoutMs: timeout,
    dir: incident.isSilent() ? undefined : incident.dir,
    ask: context.run.ask,
    onLog: (text, tone) => host.journal.action(`${action.rule}: ${text}`, tone),
    stop: context.stop,
  });
  incident.record(host.wallMs(), { step: "callback-ended", file, ...outcome });
  return outcome;
}

/** This program once more, under the hidden command; started on demand: kept warm it would hold 35 MB for ever. */
export function callbackHost(): CallbackHost {
  return {
    command: [...selfCommand(), "callback-host"],
    // Bun's own way to end with its parent: a loop in a callback would outlive a killed agent, deadline and all.
    env: { ...clampedEnv(process.env), BUN_FEATURE_FLAG_NO_ORPHANS: "1" },
    onChild: (pid) => writeOomScoreAdj(ownProcDir, pid, 0),
  };
}
