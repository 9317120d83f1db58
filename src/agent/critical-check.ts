/** Whether memory is still critical, by the agent's own measurement of the ceiling that binds. */

import { severity } from "../core/level.ts";
import type { DeedContext } from "./deed.ts";
import { createMeter } from "./measure.ts";

/**
 * A check for the kind of memory that led to this deed. The cgroups are those the core is in now: they outlive it.
 * A reading that came with a limit of its own (another tool's line, a rule) is held to that limit.
 */
export function createCriticalCheck({ action, config, target, roots, now }: DeedContext): () => boolean {
  const meter = createMeter(roots, now);
  meter.follow(target.core.pid);
  const { kind, thresholdPercent } = action.reading;
  return () => {
    const fresh = meter.measure(config).readings[kind];
    const beyond = fresh.usedKib * 100 >= thresholdPercent * fresh.limitKib;
    return beyond || severity(fresh.level) >= severity("critical");
  };
}
