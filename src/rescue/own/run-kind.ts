/** The action `run:PATH`: an executable of the operator's, checked once more and run with the facts of the incident. */

import { failed } from "../../core/action.ts";
import { environmentFor } from "../../linux/child-environment.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownProcDir } from "../../linux/roots.ts";
import { silenceAt } from "../../linux/silent-place.ts";
import { runAsForOwn } from "../../linux/trusted-command.ts";
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
  const silence = await silenceAt(path);
  if (silence !== undefined) return failed(silence);
  const core = context.target?.user;
  const found = runAsForOwn(path, core);
  if ("complaint" in found) return failed(found.complaint);
  const { runAs } = found;
  context.run.begun();
  incident.record(host.wallMs(), { step: "run-begun", path, rule: action.rule });
  const outcome = await runExecutable({
    ...{ path, runAs, env: environmentFor(runAs, core), stop: context.stop },
    facts: factsFor(context),
    // Whoever is to be paged is paged, also where the disk hangs.
    dir: incident.isSilent() ? undefined : incident.dir,
    timeoutMs: config.run.timeout,
    onChild: (pid) => writeOomScoreAdj(ownProcDir, pid, childOomScoreAdj),
  });
  incident.record(host.wallMs(), { step: "run-ended", path, ...outcome });
  return outcome;
}
