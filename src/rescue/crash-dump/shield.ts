/** Shield: makes the OOM killer look elsewhere while the core writes its dump, and puts everything back if it lives on. */

import type { ScoreChange } from "../../core/incident-step.ts";
import type { Relative } from "../../linux/family.ts";
import { readOomScoreAdj, writeOomScoreAdj } from "../../linux/oom-score.ts";
import { isAlive, type ProcessIdentity } from "../../linux/procfs.ts";

// Not -1000: with nothing left to kill the kernel panics. At -999 the core is the last one it takes.
const shieldedAdj = -999;
const exposedAdj = 1000;

/**
 * Lowers the core's adjustment where that is permitted (CAP_SYS_RESOURCE), else raises those of its VMs: with the
 * core they are lost anyway; `family` is asked for them then, and is empty where a VM would take the core with it. A few writes to /proc. Returns
 * what was changed.
 */
export function shield(
  procDir: string,
  core: ProcessIdentity,
  family: () => readonly Relative[],
): ScoreChange[] {
  const lowered = change(procDir, core, shieldedAdj);
  if (lowered) return [lowered];
  return family().flatMap((relative) => change(procDir, relative, exposedAdj) ?? []);
}

/** Puts back what was changed, of those processes that are still the same. */
export function unshield(procDir: string, changes: readonly ScoreChange[]): void {
  for (const { pid, startTicks, from } of changes)
    if (isAlive(procDir, { pid, startTicks })) writeOomScoreAdj(procDir, pid, from);
}

function change(procDir: string, { pid, startTicks }: ProcessIdentity, to: number): ScoreChange | undefined {
  const from = readOomScoreAdj(procDir, pid);
  // The identity in the line above the write: a PID may have been taken over since it was listed.
  if (from === undefined || from === to || !isAlive(procDir, { pid, startTicks })) return undefined;
  return writeOomScoreAdj(procDir, pid, to) ? { pid, startTicks, from, to } : undefined;
}
