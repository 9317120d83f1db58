/** Whose evidence is taken: the very process of NSO's that grew most. Pure. */

import { type Grower, type Growth, nsoGrowerOf, type ProcessLife } from "../../core/growth.ts";
import { formatDuration, formatKib } from "../../core/units.ts";

export interface EvidenceSubject extends ProcessLife {
  /** "it grew by 1.2 GiB in 5 min 0 s". */
  why: string;
}

/** The one that grew most; the largest where none has grown; the core where nobody was looked at twice yet. */
export function chooseSubject(growth: readonly Growth[], core: Omit<ProcessLife, "group">): EvidenceSubject {
  const grower = nsoGrowerOf(growth);
  if (grower) {
    const { grewKib, overMs } = grower;
    return { ...lifeOf(grower), why: `it grew by ${formatKib(grewKib)} in ${formatDuration(overMs)}` };
  }
  const own = growth.filter((one): one is Grower => one.group !== "rest");
  const [largest] = own.toSorted((a, b) => b.nowKib - a.nowKib);
  if (largest) return { ...lifeOf(largest), why: "the largest: none of NSO's grew" };
  const { name, pid, startTicks } = core;
  return { group: "core", name, pid, startTicks, why: "who grew is not known yet" };
}

function lifeOf({ group, name, pid, startTicks }: ProcessLife): ProcessLife {
  return { group, name, pid, startTicks };
}
