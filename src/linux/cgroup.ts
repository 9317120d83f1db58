/** The memory ceilings above a process: every ancestor cgroup with a limit, v1 and v2 (facts 2.4). */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MemoryUse } from "../core/limit.ts";
import { readOptional } from "./procfs.ts";

/** One cgroup directory with a memory controller, and the path it is shown under. */
export interface CgroupCeiling {
  dir: string;
  path: string;
  version: 1 | 2;
}

/** The cgroups above `pid` that hold a memory limit, innermost first. Empty where there is none or it is unreadable. */
export function findCeilings(procDir: string, cgroupDir: string, pid: number): CgroupCeiling[] {
  const lines = readOptional(`${procDir}/${pid}/cgroup`)?.split("\n") ?? [];
  const ceilings: CgroupCeiling[] = [];
  for (const line of lines) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === "") {
      const root = existsSync(`${cgroupDir}/unified`) ? `${cgroupDir}/unified` : cgroupDir;
      ceilings.push(...ancestors(root, path, 2));
    } else if (controllers?.split(",").includes("memory")) {
      ceilings.push(...ancestors(`${cgroupDir}/memory`, path, 1));
    }
  }
  return ceilings.filter((ceiling) => readLimitKib(ceiling) !== undefined);
}

/** Used and limit of one ceiling in KiB, page cache that can be dropped not counted; undefined when it has no limit. */
export function readCeiling(ceiling: CgroupCeiling): MemoryUse | undefined {
  const limitKib = readLimitKib(ceiling);
  const current = readOptional(
    join(ceiling.dir, ceiling.version === 2 ? "memory.current" : "memory.usage_in_bytes"),
  );
  if (limitKib === undefined || current === undefined) return undefined;
  const stat = readOptional(join(ceiling.dir, "memory.stat"));
  const inactiveName = ceiling.version === 2 ? "inactive_file" : "total_inactive_file";
  // Without the field nothing counts as page cache that can be dropped.
  const inactive = stat?.match(new RegExp(`^${inactiveName} (\\d+)$`, "m"))?.[1] ?? "0";
  const usedKib = Math.max(0, Math.floor((Number(current) - Number(inactive)) / 1024));
  return { usedKib, limitKib };
}

/** The directories from `path` up to the root of what this cgroup namespace shows: `/..` is outside of it. */
function ancestors(root: string, path: string, version: 1 | 2): CgroupCeiling[] {
  const inside = path.replace(/^(\/\.\.)+/, "") || "/";
  const found: CgroupCeiling[] = [];
  for (let at = inside; ; at = dirname(at)) {
    found.push({ dir: join(root, at), path: at, version });
    if (at === "/") return found;
  }
}

function readLimitKib({ dir, version }: CgroupCeiling): number | undefined {
  const text = readOptional(join(dir, version === 2 ? "memory.max" : "memory.limit_in_bytes"))?.trim();
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const limitKib = Math.floor(Number(text) / 1024);
  // v1 writes "no limit" as the largest page-aligned 64-bit number.
  return limitKib > 0 && limitKib < 2 ** 50 ? limitKib : undefined;
}
