/** How large the core will be when its crash dump is asked for: the dump is of then, not of now. */

import { type Limits, levelLimit } from "./level.ts";
import { type MemoryUse, reachedAtKib } from "./limit.ts";

/**
 * In KiB: the use at which the ceiling `use` is critical, times the core's share of what is used now. Never less than
 * it holds now, which is more where memory is critical already. Without a use that can be scaled, what it holds now.
 */
export function coreAtCriticalKib(rssKib: number, use: MemoryUse | undefined, limits: Limits): number {
  if (!use || use.usedKib <= 0 || use.limitKib <= 0) return rssKib;
  const criticalKib = reachedAtKib(levelLimit(limits, "critical"), use.limitKib);
  const share = Math.min(1, rssKib / use.usedKib);
  return Math.max(rssKib, Math.round(criticalKib * share));
}
