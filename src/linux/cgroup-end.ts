/**
 * When a core's own cgroup has become empty, as it does when systemd ends its service: the kernel says so in cgroup.events
 * (cgroups(7)), which costs nothing until then.
 */

import { watch } from "node:fs";
import { join } from "node:path";
import { cgroupsAbove } from "./cgroup-path.ts";
import type { Roots } from "./roots.ts";

/**
 * Calls `onChange` when the cgroup of `pid` becomes empty, or has processes again; never where that is not to be seen
 * (version 1, another container). Returns what ends that.
 */
export function watchOwnCgroup(roots: Roots, pid: number, onChange: () => void): () => void {
  try {
    const [own] = cgroupsAbove(roots, pid);
    if (own?.version !== 2 || !own.dir.startsWith(`${roots.cgroupDir}/`)) return () => {};
    const watcher = watch(join(own.dir, "cgroup.events"), { persistent: false }, onChange);
    watcher.on("error", () => {});
    return () => watcher.close();
  } catch {
    // No cgroup.events, no inotify instance to be had: the core is looked at once a second in any case.
    return () => {};
  }
}
