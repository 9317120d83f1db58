/** The action `run:PATH`: an executable of the operator's, checked once more and run with the facts of the incident. */

import { failed } from "../../core/action.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownershipComplaints } from "../../linux/ownership.ts";
import { ownProcDir } from "../../linux/roots.ts";
import { childEnv } from "../../linux/self.ts";
import type { ActionContext, ActionKindEntry } from "../action-context.ts";
import { runExecutable } from "./executable.ts";
import { factsFor } from "./facts.ts";

declare module "../../core/action.ts" {
  interface ActionKinds {
    run: { path: string };
  }
}

export const runKind: ActionKindEntry = {
  takesPath: true,
  needsCore: false,
  irreversible: true,
  sendsSignal: false,
  cooldownPer: "rule",
  // None unless its rule names one: an info action must follow each recovery.
  cooldownMs: () => 0,
  perform: run,
};

/** The agent protects itself; what it starts is an ordinary process again. */
const childOomScoreAdj = 0;

async function run(context: ActionContext) {
  const { action, config, incident, host } = context;
  if (action.do.kind !== "run") throw new TypeError(`run: got ${action.do.kind}`);
  const { path } = action.do;
  // Once more, right before it is started: hours may lie between the agent's start and this.
  const [complaint] = ownershipComplaints(path);
  if (complaint) return failed(complaint);
  context.run.begun();
  incident.record(host.now(), { step: "run-begun", path, rule: action.rule });
  const outcome = await runExecutable({
    path,
    facts: factsFor(context),
    timeoutMs: config.run.timeout,
    env: context.target?.env ?? childEnv(process.env),
    onChild: (pid) => writeOomScoreAdj(ownProcDir, pid, childOomScoreAdj),
    stop: context.stop,
  });
  incident.record(host.now(), { step: "run-ended", path, ...outcome });
  return outcome;
}
