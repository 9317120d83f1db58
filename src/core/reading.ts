/** One measured pair of one memory kind at one time. */

import type { ProcessGroup } from "./group.ts";
import type { Level } from "./level.ts";

export const memoryKinds = ["physical", "allocated"] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/**
 * One reading. `level` is the verdict of whoever measured; the agent obeys it (facts 1.1).
 * `ceiling` is what the limit is of: `host`, or one of the names in `ceiling-name.ts`.
 */
export interface Reading {
  kind: MemoryKind;
  level: Level;
  usedKib: number;
  limitKib: number;
  /** Where this verdict's level begins, in percent: 90 in "exceeded 90%" and in "is within 90%". */
  thresholdPercent: number;
  ceiling: string;
  atMs: number;
  source: "tool" | "in-process";
}

/** Memory of a child process that was added to its Python VM. */
export interface ChildSample {
  pid: number;
  rssKib: number;
  allocatedKib: number;
}

/** One NSO process at one time; a Python VM's numbers include its multiprocessing children. */
export interface ProcessSample {
  group: ProcessGroup;
  name: string;
  pid: number;
  rssKib: number;
  allocatedKib: number;
  children: ChildSample[];
  atMs: number;
}
