/**
 * Processes that began a moment ago: an NSO that is back must be followed at once, and a walk through /proc costs 20 ms with
 * 2,000 of them. The last PID given out shows which there may be. See proc(5), loadavg.
 */

import { classify } from "../core/nso.ts";
import { readArgv, readOptional } from "../linux/procfs.ts";

export interface Newcomers {
  /** From now on, and the last few of before: one of them may be about to become the core. */
  begin(): void;
  /** Those that look like an NSO core now. Cheap: to be asked a few times a second. */
  cores(): number[];
}

/** A start script keeps its PID when it becomes ncs.smp. */
const youngMs = 15_000;
/** Of more at once the newest are looked at; the others are found by the next walk. */
const lookedAtMax = 64;

export function createNewcomers(procDir: string, monotonicMs: () => number): Newcomers {
  let lastPid: number | undefined;
  /** Since when, by PID. */
  const young = new Map<number, number>();
  const list = () => {
    const now = lastPidOf(readOptional(`${procDir}/loadavg`));
    const before = lastPid;
    lastPid = now;
    if (now === undefined || before === undefined) return;
    for (let pid = Math.max(before, now - lookedAtMax) + 1; pid <= now; pid++) young.set(pid, monotonicMs());
    for (const [pid, sinceMs] of young)
      if (young.size > lookedAtMax || monotonicMs() - sinceMs > youngMs) young.delete(pid);
  };
  return {
    begin() {
      young.clear();
      const now = lastPidOf(readOptional(`${procDir}/loadavg`));
      lastPid = now === undefined ? undefined : now - lookedAtMax;
      list();
    },
    cores() {
      list();
      return [...young.keys()].filter((pid) => {
        const argv = readArgv(procDir, pid);
        return argv !== undefined && classify(argv)?.group === "core";
      });
    },
  };
}

function lastPidOf(loadavg: string | undefined): number | undefined {
  const text = loadavg?.trim().split(" ").at(-1);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
