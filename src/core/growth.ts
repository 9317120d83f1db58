/** Who grew over the last minutes: resident memory of NSO's groups and of everything else. Pure. */

import { groups, type ProcessGroup, perGroup, processGroups } from "./group.ts";
import { formatKib } from "./units.ts";

/** `rest` is the used memory of the binding ceiling that none of NSO's groups holds. */
export type GrowingGroup = ProcessGroup | "rest";

const growingGroups: GrowingGroup[] = [...processGroups, "rest"];

/** Resident memory in KiB at one time; absent groups hold 0. */
export type GroupUse = Record<GrowingGroup, number> & { atMs: number };

/** How much each group has grown over `overMs`, the fastest first. */
export interface Growth {
  group: GrowingGroup;
  nowKib: number;
  grewKib: number;
  overMs: number;
}

/** Appends a sample and drops those older than `keepMs`. */
export function takeUse(samples: readonly GroupUse[], sample: GroupUse, keepMs: number): GroupUse[] {
  return [...samples.filter(({ atMs }) => atMs <= sample.atMs && sample.atMs - atMs <= keepMs), sample];
}

/** From the oldest sample to the newest; empty with fewer than two. */
export function growthOf(samples: readonly GroupUse[]): Growth[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || first === last) return [];
  const overMs = last.atMs - first.atMs;
  return growingGroups
    .map((group) => ({ group, nowKib: last[group], grewKib: last[group] - first[group], overMs }))
    .toSorted((a, b) => b.grewKib - a.grewKib);
}

const proseOf: Record<GrowingGroup, string> = {
  ...perGroup((group) => groups[group].prose),
  rest: "everything else",
};

/** One sentence: "over 300 s the core grew by 1.2 GiB to 3.0 GiB, …", or that it is not known. */
export function describeGrowth(growth: readonly Growth[]): string {
  const fastest = growth[0];
  if (!fastest) return "who grew is not known yet";
  const parts = growth
    .filter(({ nowKib, grewKib }) => nowKib > 0 || grewKib !== 0)
    .map(({ group, nowKib, grewKib }) => {
      const change = grewKib >= 0 ? `grew by ${formatKib(grewKib)}` : `shrank by ${formatKib(-grewKib)}`;
      return `${proseOf[group]} ${change} to ${formatKib(nowKib)}`;
    });
  return `over ${Math.round(fastest.overMs / 1000)} s ${parts.join(", ")}`;
}
