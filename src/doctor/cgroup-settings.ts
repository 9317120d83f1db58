/** What the core's cgroups do before or beside their limit: memory.high and memory.oom.group (facts 2.10, 2.11). */

import { join } from "node:path";
import { type Check, ok, warn } from "../core/check.ts";
import { formatKib } from "../core/units.ts";
import { cgroupsAbove } from "../linux/cgroup-path.ts";
import type { Core } from "../linux/nso.ts";
import { oomGroupIn } from "../linux/oom-group.ts";
import { readOptional } from "../linux/procfs.ts";
import type { DoctorOptions } from "./options.ts";

export function checkCgroupSettings(core: Core | undefined, { roots }: DoctorOptions): Check[] {
  if (!core) return [];
  const cgroups = cgroupsAbove(roots, core.pid);
  return [...checkOomGroup(oomGroupIn(cgroups)), ...cgroups.flatMap(checkHigh)];
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

function checkHigh({ dir, path, version }: ReturnType<typeof cgroupsAbove>[number]): Check[] {
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
  const found = `${formatKib(highKib)} in cgroup ${path}, ${maxKib === undefined ? "without memory.max" : `below memory.max ${formatKib(maxKib)}`}: the kernel throttles NSO there, so this is the ceiling`;
  if (usedKib < highKib) return [ok(name, found)];
  return [
    warn(
      name,
      `${found}; ${formatKib(usedKib)} are used now, so it is throttled`,
      "raise MemoryHigh, or set it to infinity",
    ),
  ];
}
