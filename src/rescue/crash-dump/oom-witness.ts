/** Whether the kernel's OOM killer ended the core: its log where it may be read, else the counters it keeps. */

import type { CgroupDir } from "../../linux/cgroup.ts";
import { findLimitedCgroups } from "../../linux/cgroup-path.ts";
import { killLineOf, readHostOomKills, readOomKills, readOomLines } from "../../linux/oom-evidence.ts";
import type { ProcessIdentity } from "../../linux/procfs.ts";
import type { Roots } from "../../linux/roots.ts";
import { readUptimeMs } from "../../linux/uptime.ts";

export interface OomWitness {
  /** One sentence when the core was killed at or after `sinceMs` (monotonic), or when a kill was counted; else undefined. */
  testify(sinceMs: number): string | undefined;
}

/** Notes the counters now; a core that has ended has no cgroup to read any more. */
export function callOomWitness(roots: Roots, core: ProcessIdentity, monotonicMs: () => number): OomWitness {
  let ceilings: CgroupDir[] = [];
  let before = new Map<string, number>();
  try {
    ceilings = findLimitedCgroups(roots, core.pid);
    before = countAll(roots, ceilings);
  } catch {
    // Asked before the signal, which does not wait for a witness: it has seen nothing then.
  }
  const look = (sinceMs: number) => {
    const sinceUptimeMs = readUptimeMs(roots.procDir) - (monotonicMs() - sinceMs);
    // A second of grace: the kernel's clock of its log runs apart from that of /proc/uptime.
    const line = killLineOf(core.pid, sinceUptimeMs - 1000, readOomLines() ?? []);
    if (line !== undefined) return line;
    const grown = [...countAll(roots, ceilings)].find(
      ([where, count]) => count > (before.get(where) ?? count),
    );
    if (!grown) return undefined;
    const [where, count] = grown;
    return `${where} counts ${count - (before.get(where) ?? 0)} OOM kills since; the kernel's log does not name this process`;
  };
  return {
    testify(sinceMs) {
      try {
        return look(sinceMs);
      } catch {
        // Without a descriptor it sees nothing: that must not cost the verdict.
        return undefined;
      }
    },
  };
}

function countAll(roots: Roots, ceilings: readonly CgroupDir[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ceiling of ceilings) {
    const kills = readOomKills(ceiling);
    if (kills !== undefined) counts.set(`cgroup ${ceiling.path}`, kills);
  }
  const host = readHostOomKills(roots.procDir);
  if (host !== undefined) counts.set("the host", host);
  return counts;
}
