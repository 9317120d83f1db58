/** Whether the kernel kills a process together with others: memory.oom.group of cgroup v2 (facts 2.11). */

import { join } from "node:path";
import type { CgroupDir } from "./cgroup.ts";
import { cgroupsAbove } from "./cgroup-path.ts";
import { readOptional } from "./procfs.ts";
import type { Roots } from "./roots.ts";

/**
 * The path of the outermost cgroup above `pid` with memory.oom.group = 1: one OOM kill of a process in it takes every
 * process in it. Undefined where there is none. Kubernetes 1.28 and later sets it on each container.
 */
export function findOomGroup(roots: Roots, pid: number): string | undefined {
  return oomGroupIn(cgroupsAbove(roots, pid));
}

/** The same of cgroups that were found, innermost first. */
export function oomGroupIn(cgroups: readonly CgroupDir[]): string | undefined {
  return cgroups.findLast(
    ({ dir, version }) => version === 2 && readOptional(join(dir, "memory.oom.group"))?.trim() === "1",
  )?.path;
}
