/** The moment at which memory was tightest. */

import { hostLimitOf } from "../../core/ceiling-name.ts";
import { type Level, type Limits, levelOf, severity } from "../../core/level.ts";
import type { MemoryKind } from "../../core/reading.ts";
import { percentOf } from "../../core/units.ts";
import { kibAt, numberAt } from "./column.ts";
import type { Series } from "./series.ts";
import type { Subjects } from "./subject.ts";

/** The tightest moment of one memory kind. */
export interface Peak {
  kind: MemoryKind;
  /** What it is a limit of: MemTotal, CommitLimit, a cgroup. */
  limitName: string;
  /** All of what was used of it. */
  used: Series;
  atMs: number;
  usedKib: number;
  limitKib: number;
  percent: number;
  level: Level;
}

/**
 * The moment of the highest used/limit, which with a changing limit is not that of the highest use. Of physical memory
 * over the host and each cgroup that bound: the most severe, and among equals the nearest to its limit, as the agent
 * judges (ceiling.ts).
 */
export function peakOf(kind: MemoryKind, { host, ceilings }: Measured, limits: Limits): Peak | undefined {
  const pairs: Pair[] =
    kind === "allocated"
      ? [{ limitName: hostLimitOf.allocated, used: host.committed, limit: host.commitLimit }]
      : [
          { limitName: host.memTotalName, used: host.memUsed, limit: host.memTotal },
          ...ceilings.map(({ name, used, limit }) => ({ limitName: name, used, limit })),
        ];
  const [first, ...others] = pairs.flatMap((pair) => peakAgainst(kind, pair, limits) ?? []);
  return first && others.reduce((worst, one) => (isWorse(one, worst) ? one : worst), first);
}

type Measured = Pick<Subjects, "host" | "ceilings">;

interface Pair {
  limitName: string;
  used: Series;
  limit: Series;
}

function isWorse(one: Peak, other: Peak): boolean {
  const difference = severity(one.level) - severity(other.level);
  return difference === 0 ? one.percent > other.percent : difference > 0;
}

function peakAgainst(kind: MemoryKind, { limitName, used, limit }: Pair, limits: Limits): Peak | undefined {
  let index = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let candidate = 0; candidate < used.kib.length; candidate++) {
    // A limit of 0 is unknown: the ratio is 0 then.
    const ratio = kibAt(used.kib, candidate) / (kibAt(limit.kib, candidate) || Number.POSITIVE_INFINITY);
    if (ratio <= highest) continue;
    highest = ratio;
    index = candidate;
  }
  if (index < 0) return undefined;
  const use = { usedKib: kibAt(used.kib, index), limitKib: kibAt(limit.kib, index) };
  return {
    ...{ kind, limitName, used },
    atMs: numberAt(used.atMs, index),
    ...use,
    percent: percentOf(use.usedKib, use.limitKib),
    level: levelOf(use, limits),
  };
}
