/** Runs the evidence process: this program once more, with a deadline, the kernel's first victim. */

import { endWords } from "../../core/child-end.ts";
import type { OomDaemon } from "../../core/oom-daemon.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { listenTo } from "../../linux/child-output.ts";
import { childOomScoreAdj } from "../../linux/oom-daemons.ts";
import { writeOomScoreAdj } from "../../linux/oom-score.ts";
import { ownProcDir } from "../../linux/roots.ts";
import { clampedEnv, selfCommand } from "../../linux/self.ts";
import type { EvidenceTask } from "./evidence-task.ts";

export interface EvidenceRun {
  task: EvidenceTask;
  timeoutMs: number;
  stop: AbortSignal;
  /** The daemons that kill before the kernel does. */
  daemons: readonly OomDaemon[];
}

const oomScoreAdjMax = 1000;
const complaintLengthMax = 500;

/** Why it ended early, undefined where it came to its end. What it has taken is in the directory either way. */
export async function runEvidenceProcess({
  task,
  timeoutMs,
  stop,
  daemons,
}: EvidenceRun): Promise<string | undefined> {
  const [file = "", ...words] = selfCommand();
  const child = Bun.spawn([file, ...words, "evidence-host"], {
    // Bun's own way to end with its parent.
    env: { ...clampedEnv(process.env, "beside"), BUN_FEATURE_FLAG_NO_ORPHANS: "1" },
    stdio: [new Blob([JSON.stringify(task)]), "ignore", "pipe"],
    detached: true,
  });
  writeOomScoreAdj(ownProcDir, child.pid, childOomScoreAdj(daemons, oomScoreAdjMax));
  const complaint = listenTo(child.stderr, complaintLengthMax);
  const how = await endWithin(child, { timeoutMs, signal: stop });
  if (how !== "ended") return describeEnd(how, timeoutMs);
  if (child.exitCode === 0) return undefined;
  const said = (await complaint.start()).trim().replaceAll(/\s+/g, " ");
  return said === "" ? endWords(child) : `${endWords(child)}: ${said}`;
}
