/** `/proc/meminfo` and the used/limit pairs that nsomem computes from it. See proc(5). */

import { NsomemError } from "./errors.ts";
import type { MemoryUse } from "./limit.ts";

/** One snapshot in KiB. */
export interface Meminfo {
  memTotalKib: number;
  memFreeKib: number;
  /** Absent before Linux 3.14: estimated as MemFree + Buffers + Cached, which over-states it. */
  memAvailableKib: number;
  committedKib: number;
  commitLimitKib: number;
  swapTotalKib: number;
  hugePagesKib: number;
}

/** How `used` is measured: the default, or as the original toolset did (facts 2.1). */
export type Basis = "available" | "free";

/** One `/proc/meminfo` snapshot in KiB. Throws NsomemError MEMINFO naming the missing field. */
export function parseMeminfo(text: string): Meminfo {
  const memFreeKib = field(text, "MemFree");
  const available = optionalField(text, "MemAvailable");
  return {
    memTotalKib: field(text, "MemTotal"),
    memFreeKib,
    memAvailableKib:
      available ?? memFreeKib + (optionalField(text, "Buffers") ?? 0) + (optionalField(text, "Cached") ?? 0),
    committedKib: field(text, "Committed_AS"),
    commitLimitKib: field(text, "CommitLimit"),
    swapTotalKib: optionalField(text, "SwapTotal") ?? 0,
    hugePagesKib: (optionalField(text, "HugePages_Total") ?? 0) * (optionalField(text, "Hugepagesize") ?? 0),
  };
}

export function physicalUse(meminfo: Meminfo, basis: Basis): MemoryUse {
  const freeKib = basis === "available" ? meminfo.memAvailableKib : meminfo.memFreeKib;
  return { usedKib: Math.max(0, meminfo.memTotalKib - freeKib), limitKib: meminfo.memTotalKib };
}

export function allocatedUse(meminfo: Meminfo): MemoryUse {
  return { usedKib: meminfo.committedKib, limitKib: meminfo.commitLimitKib };
}

function field(text: string, name: string): number {
  const value = optionalField(text, name);
  if (value === undefined) throw new NsomemError("MEMINFO", `/proc/meminfo has no field ${name}`);
  return value;
}

function optionalField(text: string, name: string): number | undefined {
  const start = text.startsWith(`${name}:`) ? 0 : text.indexOf(`\n${name}:`);
  if (start < 0) return undefined;
  const match = /:\s*(\d{1,15})/y;
  match.lastIndex = text.indexOf(":", start);
  const value = match.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
