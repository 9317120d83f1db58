/** Shield: makes the OOM killer look elsewhere while the core writes its dump, and puts everything back if it lives on. */

import type { ScoreChange } from "../../core/incident-step.ts";
import { mayLowerScores } from "../../linux/credentials.ts";
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

/**
 * What `shield` is about to change, so that it can be written down before: an agent that is killed right after it leaves
 * the next one to put it back. What turns out not to be changed is in it too.
 */
export function planShield(
  procDir: string,
  core: ProcessIdentity,
  family: () => readonly Relative[],
): ScoreChange[] {
  const lowered = plan(procDir, core, shieldedAdj);
  const exposed = mayLowerScores() ? [] : family().map((relative) => plan(procDir, relative, exposedAdj));
  return [lowered, ...exposed].filter((change) => change !== undefined);
}

/** Whether it is the last that the OOM killer takes anyway, or is not there any more. */
export function isShielded(procDir: string, { pid }: ProcessIdentity): boolean {
  return (readOomScoreAdj(procDir, pid) ?? shieldedAdj) <= shieldedAdj;
}

/** Puts back what was changed, of those processes that are still the same and have that score still. */
export function unshield(procDir: string, changes: readonly ScoreChange[]): void {
  for (const { pid, startTicks, from, to } of changes)
    if (readOomScoreAdj(procDir, pid) === to && isAlive(procDir, { pid, startTicks }))
      writeOomScoreAdj(procDir, pid, from);
}

function change(procDir: string, process: ProcessIdentity, to: number): ScoreChange | undefined {
  // The identity in the line above the write: a PID may have been taken over since it was listed.
  const planned = plan(procDir, process, to);
  return planned && writeOomScoreAdj(procDir, process.pid, to) ? planned : undefined;
}

function plan(procDir: string, { pid, startTicks }: ProcessIdentity, to: number): ScoreChange | undefined {
  const from = readOomScoreAdj(procDir, pid);
  if (from === undefined || from === to || !isAlive(procDir, { pid, startTicks })) return undefined;
  return { pid, startTicks, from, to };
}
