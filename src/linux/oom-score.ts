/** Whom the OOM killer chooses first: /proc/PID/oom_score (0 … 2000), oom_score_adj (-1000 … 1000). See proc(5). */

import { writeFileSync } from "node:fs";
import { readOptional } from "./procfs.ts";

/** The current adjustment, undefined when the process is gone. */
export function readOomScoreAdj(procDir: string, pid: number | "self"): number | undefined {
  const text = readOptional(`${procDir}/${pid}/oom_score_adj`);
  return text === undefined ? undefined : Number(text);
}

/** The kernel's own score: the highest is killed first. Undefined when the process is gone. */
export function readOomScore(procDir: string, pid: number): number | undefined {
  const text = readOptional(`${procDir}/${pid}/oom_score`);
  return text === undefined ? undefined : Number(text);
}

/** True when written. Raising needs the same user, lowering CAP_SYS_RESOURCE (facts 2.6). */
export function writeOomScoreAdj(procDir: string, pid: number | "self", value: number): boolean {
  try {
    writeFileSync(`${procDir}/${pid}/oom_score_adj`, String(value));
    return true;
  } catch {
    return false;
  }
}

/** Whether a score may be lowered here: that of this process is, by one, and put back. */
export function mayLowerOomScore(procDir: string): boolean {
  const value = readOomScoreAdj(procDir, "self");
  if (value === undefined || !writeOomScoreAdj(procDir, "self", Math.max(oomScoreAdjMin, value - 1)))
    return false;
  writeOomScoreAdj(procDir, "self", value);
  return value > oomScoreAdjMin;
}

const oomScoreAdjMin = -1000;
