/** The host's memory of one tick as the history keeps it: MemTotal is all of it, and huge pages count as used. */

import { hostWithoutHugePages, isHostCeiling } from "../core/ceiling-name.ts";
import type { Levels } from "../core/levels.ts";
import { allocatedUse, type Basis, type Meminfo, physicalUse } from "../core/meminfo.ts";
import type { BindingCeiling, HostSample } from "../core/recording.ts";

export type HostValues = Omit<HostSample, "overcommitMode">;

/** Readings further apart are not of one tick. */
const apartMsMax = 10_000;

/**
 * From the latest readings; undefined where that of a cgroup hides the host's. `hugePagesKib` are those that the run
 * began with: whoever draws or replays the history takes off as many.
 */
export function valuesOf(levels: Levels, hugePagesKib: number): HostValues | undefined {
  const physical = levels.latest("physical");
  const allocated = levels.latest("allocated");
  if (!physical || !allocated || !isHostCeiling(physical.ceiling)) return undefined;
  if (Math.abs(physical.atMs - allocated.atMs) > apartMsMax) return undefined;
  const hugeKib = physical.ceiling === hostWithoutHugePages ? hugePagesKib : 0;
  return {
    atMs: Math.max(physical.atMs, allocated.atMs),
    memUsedKib: physical.usedKib + hugeKib,
    memTotalKib: physical.limitKib + hugeKib,
    committedKib: allocated.usedKib,
    commitLimitKib: allocated.limitKib,
  };
}

/** What physical memory was last measured against; undefined where that is the host itself. */
export function bindingOf(levels: Levels): BindingCeiling | undefined {
  const physical = levels.latest("physical");
  if (!physical || isHostCeiling(physical.ceiling)) return undefined;
  const { ceiling: name, usedKib, limitKib } = physical;
  return { name, usedKib, limitKib };
}

/** What is not known is NaN. */
export function readHostValues(meminfo: Meminfo, basis: Basis, atMs: number): HostValues {
  const allocated = allocatedUse(meminfo) ?? { usedKib: Number.NaN, limitKib: Number.NaN };
  return {
    atMs,
    memUsedKib: physicalUse(meminfo, basis).usedKib + meminfo.hugePagesKib,
    memTotalKib: meminfo.memTotalKib,
    committedKib: allocated.usedKib,
    commitLimitKib: allocated.limitKib,
  };
}
