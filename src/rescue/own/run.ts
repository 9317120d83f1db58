/** The deed `run:PATH`: checks that the executable is still the operator's own, and runs it. */

import type { Outcome } from "../../core/action.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownershipComplaints } from "../../linux/ownership.ts";
import { childEnv } from "../../linux/self.ts";
import type { OwnDeedContext } from "../action-context.ts";
import { runExecutable } from "./executable.ts";

/** The agent protects itself; what it starts is to be an ordinary process again. */
const childOomScoreAdj = 0;

export async function takeRun(path: string, context: OwnDeedContext): Promise<Outcome> {
  const { action, config, incident, facts, now } = context;
  // Once more, in the line above: hours may lie between the start and this.
  const [complaint] = ownershipComplaints(path);
  if (complaint) return { outcome: "failed", message: complaint, files: [] };
  context.begun();
  incident.record({ atMs: now(), step: "run-begun", path, rule: action.rule });
  const outcome = await runExecutable({
    path,
    facts,
    timeoutMs: config.run.timeout,
    env: context.target?.env ?? childEnv(process.env),
    onChild: (pid) => writeOomScoreAdj("/proc", pid, childOomScoreAdj),
    signal: context.signal,
  });
  incident.record({ atMs: now(), step: "run-ended", path, ...outcome });
  return outcome;
}
