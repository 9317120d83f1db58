/** What is none of NSO's: the used memory of a ceiling less that of NSO's processes under it. */

import { cgroupPathOf } from "../core/ceiling-name.ts";
import type { Reading } from "../core/reading.ts";
import { isInCgroup } from "./cgroup-path.ts";

export interface HeldMemory {
  pid: number;
  rssKib: number;
}

/**
 * In KiB, 0 at the least: RSS counts file pages that do not count as used, and shared ones for each process. Of a
 * cgroup's memory only those processes hold a part that are in it or in one below it.
 */
export function everythingElseKib(
  procDir: string,
  { usedKib, ceiling }: Pick<Reading, "usedKib" | "ceiling">,
  processes: readonly HeldMemory[],
): number {
  const path = cgroupPathOf(ceiling);
  const within = processes.filter(({ pid }) => path === undefined || isInCgroup(procDir, pid, path));
  return Math.max(0, usedKib - within.reduce((sum, { rssKib }) => sum + rssKib, 0));
}
