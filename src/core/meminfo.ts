/** `/proc/meminfo` and the used/limit pairs that nsomem computes from it. See proc(5). */

import { NsomemError } from "./errors.ts";
import type { MemoryUse } from "./limit.ts";

/** One snapshot in KiB. */
export interface Meminfo {
  memTotalKib: number;
  memFreeKib: number;
  /** Absent before Linux 3.14: estimated as MemFree + Buffers + Cached, which over-states it. */
  memAvailableKib: number;
  /** Undefined where it is missing or absurd, as is `commitLimitKib`: not judged then (facts 2.14). */
  committedKib: number | undefined;
  commitLimitKib: number | undefined;
  swapTotalKib: number;
  /** In MemTotal, and never NSO's (facts 2.7). */
  hugePagesKib: number;
  /** What ZFS's cache would give back, which no field of meminfo counts (facts 2.9). */
  arcKib: number;
}

/** How `used` is measured: the default, or as the original toolset did (facts 2.1). */
export type Basis = "available" | "free";

/**
 * One `/proc/meminfo` snapshot in KiB; `arcKib` comes from another file. Throws NsomemError MEMINFO naming the field
 * that is missing, or absurd. plot.sh holds the same rules.
 */
export function parseMeminfo(text: string, arcKib = 0): Meminfo {
  const memTotalKib = field(text, "MemTotal");
  if (memTotalKib === 0) throw new NsomemError("MEMINFO", "/proc/meminfo has a MemTotal of 0 kB");
  const memFreeKib = field(text, "MemFree");
  const available = optionalField(text, "MemAvailable");
  return {
    memTotalKib,
    memFreeKib,
    memAvailableKib:
      available ?? memFreeKib + (optionalField(text, "Buffers") ?? 0) + (optionalField(text, "Cached") ?? 0),
    committedKib: optionalField(text, "Committed_AS"),
    commitLimitKib: optionalField(text, "CommitLimit"),
    swapTotalKib: optionalField(text, "SwapTotal") ?? 0,
    hugePagesKib: partOf(memTotalKib, hugePagesIn(text)),
    arcKib: partOf(memTotalKib, arcKib),
  };
}

/** Of what NSO could ever get: of MemTotal less the huge pages. */
export function physicalUse(meminfo: Meminfo, basis: Basis): MemoryUse {
  const limitKib = meminfo.memTotalKib - meminfo.hugePagesKib;
  // The ARC is a cache as the page cache is, which counts as used with the basis "free".
  const freeKib = basis === "available" ? meminfo.memAvailableKib + meminfo.arcKib : meminfo.memFreeKib;
  return { usedKib: Math.max(0, limitKib - freeKib), limitKib };
}

/** Undefined where the kernel does not say it, or says nonsense. */
export function allocatedUse({ committedKib, commitLimitKib }: Meminfo): MemoryUse | undefined {
  if (committedKib === undefined || !commitLimitKib) return undefined;
  return { usedKib: committedKib, limitKib: commitLimitKib };
}

/** Why there is no committed memory to judge; undefined where there is. */
export function allocatedUnknown({ committedKib, commitLimitKib }: Meminfo): string | undefined {
  if (commitLimitKib === 0) return "CommitLimit is 0 kB";
  const fields = [
    ...(commitLimitKib === undefined ? ["CommitLimit"] : []),
    ...(committedKib === undefined ? ["Committed_AS"] : []),
  ];
  return fields.length === 0 ? undefined : `/proc/meminfo has no ${fields.join(" and no ")} that can be true`;
}

/** Of all sizes. Before Linux 4.16 the number of huge pages, all of one size. */
function hugePagesIn(text: string): number {
  if (/^Hugetlb:/m.test(text)) return optionalField(text, "Hugetlb") ?? 0;
  return (optionalField(text, "HugePages_Total") ?? 0) * (optionalField(text, "Hugepagesize") ?? 0);
}

/** A part as large as the whole is no part. */
function partOf(wholeKib: number, kib: number): number {
  return kib < wholeKib ? kib : 0;
}

function field(text: string, name: string): number {
  const value = optionalField(text, name);
  if (value === undefined) throw new NsomemError("MEMINFO", `/proc/meminfo has no field ${name}`);
  return value;
}

/** 10^12 KiB are 931 TiB. A count that went below 0 is printed as 2^64 less a little, in 20 digits (facts 2.14). */
const digitsMax = 12;
const amountForm = new RegExp(`:[ \\t]*(\\d{1,${digitsMax}})(?!\\d)`, "y");

function optionalField(text: string, name: string): number | undefined {
  const start = text.startsWith(`${name}:`) ? 0 : text.indexOf(`\n${name}:`);
  if (start < 0) return undefined;
  amountForm.lastIndex = text.indexOf(":", start);
  const value = amountForm.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
