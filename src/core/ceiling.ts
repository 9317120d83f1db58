/** Which ceiling binds, and the reading that follows from it: the rule that plot.sh holds in bash. */

import { hostCeiling, hostWithoutHugePages } from "./ceiling-name.ts";
import { type Level, type Limits, levelOf, severity } from "./level.ts";
import type { MemoryUse } from "./limit.ts";
import { allocatedUse, type Basis, type Meminfo, physicalUse } from "./meminfo.ts";
import type { Reading } from "./reading.ts";

/** A used/limit pair and whose it is; see `ceiling-name.ts`. */
export interface Ceiling extends MemoryUse {
  name: string;
}

/**
 * The ceiling that binds: the one with the most severe level, and among equals the smallest headroom. Headroom
 * alone would let a small half-empty cgroup hide a full host.
 */
export function bindingCeiling(ceilings: readonly [Ceiling, ...Ceiling[]], limits: Limits): Ceiling {
  return ceilings.reduce((binding, candidate) => {
    const difference = severity(levelOf(candidate, limits)) - severity(levelOf(binding, limits));
    if (difference !== 0) return difference > 0 ? candidate : binding;
    return headroom(candidate) < headroom(binding) ? candidate : binding;
  });
}

/** All that NSO could get of this host. */
export function hostCeilingOf(meminfo: Meminfo, basis: Basis): Ceiling {
  const name = meminfo.hugePagesKib > 0 ? hostWithoutHugePages : hostCeiling;
  return { name, ...physicalUse(meminfo, basis) };
}

/** The physical reading over the host and the cgroups of the core. Cgroups as large as the host do not bind. */
export function physicalReading(
  meminfo: Meminfo,
  cgroups: readonly Ceiling[],
  { limits, basis, atMs }: { limits: Limits; basis: Basis; atMs: number },
): Reading {
  const host = hostCeilingOf(meminfo, basis);
  const binding = bindingCeiling([host, ...cgroups.filter((c) => c.limitKib < host.limitKib)], limits);
  return toReading("physical", binding, limits, atMs);
}

/** Undefined where there is no commit limit to judge by. */
export function allocatedReading(meminfo: Meminfo, limits: Limits, atMs: number): Reading | undefined {
  const use = allocatedUse(meminfo);
  return use && toReading("allocated", { name: hostCeiling, ...use }, limits, atMs);
}

function toReading(kind: Reading["kind"], ceiling: Ceiling, limits: Limits, atMs: number): Reading {
  const level: Level = levelOf(ceiling, limits);
  return {
    kind,
    level,
    usedKib: ceiling.usedKib,
    limitKib: ceiling.limitKib,
    thresholdPercent: level === "critical" ? limits.criticalPercent : limits.warningPercent,
    ceiling: ceiling.name,
    atMs,
    source: "in-process",
  };
}

function headroom(use: MemoryUse): number {
  return use.limitKib - use.usedKib;
}
