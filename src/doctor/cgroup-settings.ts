/** What the core's cgroups do before or beside their limit: memory.high and memory.oom.group (facts 2.10, 2.11). */

import { join } from "node:path";
import { type Check, ok, warn } from "../core/check.ts";
import { formatKib } from "../core/units.ts";
import { findAgent } from "../linux/agent-lock.ts";
import type { CgroupDir } from "../linux/cgroup.ts";
import { cgroupsAbove } from "../linux/cgroup-path.ts";
import { mayRaiseHigh } from "../linux/memory-high.ts";
import type { Core } from "../linux/nso.ts";
import { oomGroupIn } from "../linux/oom-group.ts";
import { readOptional } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import type { DoctorOptions } from "./options.ts";

export function checkCgroupSettings(core: Core | undefined, { roots, paths }: DoctorOptions): Check[] {
  if (!core) return [];
  const cgroups = cgroupsAbove(roots, core.pid);
  const agentPid = findAgent(paths)?.pid ?? process.pid;
  const ofAgent = new Set(cgroupsAbove(roots, agentPid).map(({ dir }) => dir));
  return [
    ...checkOomGroup(oomGroupIn(cgroups)),
    ...cgroups.flatMap((cgroup) => checkHigh(roots, cgroup, ofAgent.has(cgroup.dir))),
  ];
}

function checkOomGroup(path: string | undefined): Check[] {
  if (path === undefined) return [];
  return [
    warn(
      "memory.oom.group",
      `1 in cgroup ${path}: one OOM kill there takes every process, a core that writes its dump too. nsomem ends the VMs as soon as the dump begins, instead of pointing the OOM killer at them`,
      'set memory.oom.group = 0 (Kubernetes: singleProcessOOMKill: true for the kubelet), and leave shed = "if-critical"',
    ),
  ];
}

/** `isAgents`: the agent is below it too. */
function checkHigh(roots: Roots, cgroup: CgroupDir, isAgents: boolean): Check[] {
  const { dir, path, version } = cgroup;
  if (version !== 2) return [];
  const kib = (file: string) => {
    const text = readOptional(join(dir, file))?.trim() ?? "";
    return /^\d+$/.test(text) ? Math.floor(Number(text) / 1024) : undefined;
  };
  const highKib = kib("memory.high");
  if (highKib === undefined) return [];
  const maxKib = kib("memory.max");
  if (maxKib !== undefined && maxKib <= highKib) return [];
  const name = "memory.high";
  const usedKib = kib("memory.current") ?? 0;
  const where = maxKib === undefined ? "without memory.max" : `below memory.max ${formatKib(maxKib)}`;
  const found = `${formatKib(highKib)} in cgroup ${path}, ${where}: the kernel throttles NSO there, so this is the ceiling`;
  if (usedKib >= highKib)
    return [
      warn(
        name,
        `${found}; ${formatKib(usedKib)} are used now, so it is throttled`,
        "raise MemoryHigh, or set it to infinity",
      ),
    ];
  if (!mayRaiseHigh(roots, cgroup))
    return [
      warn(
        name,
        `${found}, and nsomem may not raise it for the dump, which may then take very long`,
        "run nsomem as root on the host, or use MemoryMax alone",
      ),
    ];
  if (isAgents)
    return [
      warn(
        name,
        `${found}; nsomem is below it too, and is throttled with NSO`,
        "run nsomem in another slice (Slice= in its unit)",
      ),
    ];
  return [ok(name, `${found}; nsomem raises it while NSO writes its dump`)];
}
