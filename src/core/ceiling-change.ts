/** Why memory is below a limit again: because some was freed, or because it is measured against something else now. */

import type { Ceiling } from "./ceiling.ts";
import { isSameCeiling, shownCeiling } from "./ceiling-name.ts";
import { isClear, type Limit } from "./limit.ts";
import type { MemoryKind } from "./reading.ts";
import { formatKib } from "./units.ts";

/** The ceiling under which a level was last reached. */
export interface ReachedUnder {
  ceiling: string;
  limitKib: number;
}

/**
 * What became of it, in words; undefined where memory would be clear of `limit` under it too. `now` are the ceilings
 * that there are when the level is left.
 */
export function ceilingChange(
  kind: MemoryKind,
  before: ReachedUnder,
  { now, limit, recoveryPoints }: { now: readonly Ceiling[]; limit: Limit; recoveryPoints: number },
): string | undefined {
  const name = shownCeiling(kind, before.ceiling);
  const same = now.find((ceiling) => isSameCeiling(ceiling.name, before.ceiling));
  if (!same) return `${name}, ${formatKib(before.limitKib)}, limits it no longer`;
  if (same.limitKib <= before.limitKib) return undefined;
  if (isClear(limit, { usedKib: same.usedKib, limitKib: before.limitKib }, recoveryPoints)) return undefined;
  return `${name} was ${formatKib(before.limitKib)} and is ${formatKib(same.limitKib)}`;
}
