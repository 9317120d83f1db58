/** The moment at which memory was tightest. */

import { type Level, type Limits, levelOf } from "../../core/level.ts";
import type { MemoryKind } from "../../core/reading.ts";
import { percentOf } from "../../core/units.ts";
import { numberAt } from "./column.ts";
import type { HostSubject } from "./subject.ts";

/** The tightest moment of one memory kind. */
export interface Peak {
  kind: MemoryKind;
  atMs: number;
  usedKib: number;
  limitKib: number;
  percent: number;
  level: Level;
}

/** The moment of the highest used/limit, which with a changing limit is not that of the highest use. */
export function peakOf(kind: MemoryKind, host: HostSubject, limits: Limits): Peak | undefined {
  const [used, limit] =
    kind === "physical" ? [host.memUsed, host.memTotal] : [host.committed, host.commitLimit];
  let index = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let candidate = 0; candidate < used.kib.length; candidate++) {
    // A limit of 0 is unknown: the ratio is 0 then.
    const ratio =
      numberAt(used.kib, candidate) / (numberAt(limit.kib, candidate) || Number.POSITIVE_INFINITY);
    if (ratio <= highest) continue;
    highest = ratio;
    index = candidate;
  }
  if (index < 0) return undefined;
  const use = { usedKib: numberAt(used.kib, index), limitKib: numberAt(limit.kib, index) };
  return {
    kind,
    atMs: numberAt(used.atMs, index),
    ...use,
    percent: percentOf(use.usedKib, use.limitKib),
    level: levelOf(use, limits),
  };
}
