/** The memory files of one cgroup, v1 and v2: what it may use, and what it uses (facts 2.4, 2.8, 2.10). */

import { join } from "node:path";
import type { Ceiling } from "../core/ceiling.ts";
import { cgroupCeiling } from "../core/ceiling-name.ts";
import { reclaimableBytes } from "../core/memory-stat.ts";
import { readOptional } from "./procfs.ts";

/** One cgroup directory, and the path that /proc/PID/cgroup has for it. */
export interface CgroupDir {
  dir: string;
  path: string;
  version: 1 | 2;
}

/** What may limit a cgroup. At memory.high it is throttled, and never gets to memory.max (facts 2.10). */
export const limitFiles = {
  1: ["memory.limit_in_bytes"],
  2: ["memory.max", "memory.high"],
} as const;

/** What one directory was found to limit. */
export interface CgroupLook {
  /** The names of its ceilings that could be measured, or have no limit now. */
  seen: string[];
  /** Those that have a limit. */
  ceilings: Ceiling[];
}

/** What is read of a cgroup: its limits, and where one is set what it uses. */
export function filesOf({ dir, version }: CgroupDir): { limits: string[]; use: string[] } {
  return {
    limits: limitFiles[version].map((file) => join(dir, file)),
    use: [currentFile[version], "memory.stat"].map((file) => join(dir, file)),
  };
}

const currentFile = { 1: "memory.usage_in_bytes", 2: "memory.current" } as const;

/** Reads each limit of a cgroup and, where it has one, what it uses. */
export function readCgroup(cgroup: CgroupDir): CgroupLook {
  const look: CgroupLook = { seen: [], ceilings: [] };
  let usedKib: number | undefined;
  for (const file of limitFiles[cgroup.version]) {
    const text = readOptional(join(cgroup.dir, file))?.trim();
    if (text === undefined) continue;
    const name = cgroupCeiling(cgroup.path, file);
    const limitKib = limitKibOf(text);
    if (limitKib !== undefined) {
      usedKib ??= usedKibOf(readUse(cgroup));
      if (usedKib === undefined) continue;
      look.ceilings.push({ name, usedKib, limitKib });
    }
    look.seen.push(name);
  }
  return look;
}

/** Whether anything limits this cgroup now. */
export function isLimited({ dir, version }: CgroupDir): boolean {
  return limitFiles[version].some((file) => {
    const text = readOptional(join(dir, file))?.trim();
    return text !== undefined && limitKibOf(text) !== undefined;
  });
}

/** What a cgroup is charged with, and the same without what the kernel would give back. */
export interface CgroupUse {
  currentBytes: number;
  usedBytes: number;
}

/** Undefined when it cannot be read. */
export function readUse(cgroup: CgroupDir): CgroupUse | undefined {
  const currentBytes = readCurrentBytes(cgroup);
  if (currentBytes === undefined) return undefined;
  const stat = readOptional(join(cgroup.dir, "memory.stat")) ?? "";
  return { currentBytes, usedBytes: Math.max(0, currentBytes - reclaimableBytes(stat, cgroup.version)) };
}

/** What it is charged with alone: one small file, where memory.stat makes the kernel add up. */
export function readCurrentBytes({ dir, version }: CgroupDir): number | undefined {
  const current = readOptional(join(dir, currentFile[version]))?.trim();
  return current === undefined || !/^\d{1,15}$/.test(current) ? undefined : Number(current);
}

function usedKibOf(use: CgroupUse | undefined): number | undefined {
  return use && Math.floor(use.usedBytes / 1024);
}

function limitKibOf(text: string): number | undefined {
  const limitKib = Math.floor((limitBytesOf(text) ?? 0) / 1024);
  return limitKib > 0 ? limitKib : undefined;
}

/** "max" is no limit, nor is 9223372036854771712 of version 1: 2^63 rounded down to a page. */
export function limitBytesOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
