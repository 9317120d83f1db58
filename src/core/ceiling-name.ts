/** What a ceiling is called in lines, status, incidents and reports. */

import type { MemoryKind } from "./reading.ts";
import { shown } from "./shown.ts";

/**
 * `host`: MemTotal or CommitLimit, by the kind of memory. The others are called as the tool's lines call them:
 * MemTotal-Hugetlb, where huge pages take a part of MemTotal (facts 2.7); `cgroup:/path` for the memory.max of a cgroup
 * (memory.limit_in_bytes in version 1), and `cgroup:/path memory.high`.
 */
export const hostCeiling = "host";
export const hostWithoutHugePages = "MemTotal-Hugetlb";

/** The field of /proc/meminfo that is meant by `host`. */
export const hostLimitOf: Record<MemoryKind, string> = { physical: "MemTotal", allocated: "CommitLimit" };

export function isHostCeiling(name: string): boolean {
  return name === hostCeiling || name === hostWithoutHugePages;
}

/** Whether two names are of the same ceiling. The huge pages of a host may come and go. */
export function isSameCeiling(one: string, other: string): boolean {
  return one === other || (isHostCeiling(one) && isHostCeiling(other));
}

const cgroupPrefix = "cgroup:";
const highSuffix = " memory.high";

/** Names are compared, so they are cut late: no cgroup has a longer path (PATH_MAX). */
export const pathLengthMax = 4096;

export function cgroupCeiling(path: string, file: string): string {
  return `${cgroupPrefix}${shown(path, pathLengthMax)}${file === "memory.high" ? highSuffix : ""}`;
}

/** The path of the cgroup that a ceiling is of, undefined for the host's. */
export function cgroupPathOf(name: string): string | undefined {
  if (!name.startsWith(cgroupPrefix)) return undefined;
  const path = name.slice(cgroupPrefix.length);
  return path.endsWith(highSuffix) ? path.slice(0, -highSuffix.length) : path;
}

/** The name for people: MemTotal and not `host`. */
export function shownCeiling(kind: MemoryKind, name: string): string {
  return name === hostCeiling ? hostLimitOf[kind] : name;
}
