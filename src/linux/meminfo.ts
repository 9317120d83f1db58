/** The host's memory: /proc/meminfo, and beside it the cache of ZFS. */

import { existsSync } from "node:fs";
import { parseArcKib } from "../core/arc.ts";
import { type Meminfo, parseMeminfo } from "../core/meminfo.ts";
import { readOptional, readText } from "./procfs.ts";

export function meminfoPath(procDir: string): string {
  return `${procDir}/meminfo`;
}

/** Throws NsomemError MEMINFO, and what the read throws. */
export function readMeminfo(procDir: string): Meminfo {
  const text = readText(meminfoPath(procDir));
  const arc = readArc(procDir);
  return parseMeminfo(text, arc.state === "read" ? arc.arcKib : 0);
}

/** `absent`: no ZFS is loaded. `unreadable`: it is, and its cache counts as used since its size cannot be had. */
export type Arc = { state: "absent" | "unreadable" } | { state: "read"; arcKib: number };

export function readArc(procDir: string): Arc {
  // Asked first: an attempt to read what is not there costs 20 times as much.
  if (!existsSync(`${procDir}/spl`)) return { state: "absent" };
  const text = readOptional(`${procDir}/spl/kstat/zfs/arcstats`);
  const arcKib = text === undefined ? undefined : parseArcKib(text);
  return arcKib === undefined ? { state: "unreadable" } : { state: "read", arcKib };
}
