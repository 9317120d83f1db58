/** Limits a little above the memory in use, so that a few hundred MiB lead through every level. */

import type { MemoryUse } from "../core/limit.ts";
import { formatKib } from "../core/units.ts";

/** What the demo writes into its configuration, and how much the stand-in has to take to get there. */
export interface DemoLimits {
  warningPercent: number;
  criticalPercent: number;
  recoveryPoints: number;
  /** Growth from now to the warning; to critical it is about twice that, to be given up on it is three times. */
  stepKib: number;
}

const stepKibMax = 256 * 1024;
/** Below this, what else runs on the host would move the level about. */
const stepKibMin = 48 * 1024;
/** The growth stays within a third of what is free: the demo must not become the incident. */
const stepsPerHeadroom = 9;

/**
 * The limits for `ceilings` (the host and the cgroups that bind; a percentage holds for each of them), or the reason
 * why there can be none.
 */
export function demoLimits(ceilings: readonly MemoryUse[]): DemoLimits | { refusal: string } {
  const headroomKib = Math.min(...ceilings.map(({ usedKib, limitKib }) => limitKib - usedKib));
  // A limit has two decimals of a percent: on very large hosts the step must be several of those.
  const grainKib = Math.max(...ceilings.map(({ limitKib }) => limitKib)) / 10_000;
  const stepKib = Math.max(Math.min(stepKibMax, Math.floor(headroomKib / stepsPerHeadroom)), grainKib * 4);
  if (stepKib < stepKibMin || stepKib * stepsPerHeadroom > headroomKib) {
    const need = formatKib(stepsPerHeadroom * Math.max(stepKibMin, grainKib * 4));
    return { refusal: `only ${formatKib(headroomKib)} of memory is free; the demo needs ${need}` };
  }
  const percentAfter = (growthKib: number) =>
    Math.max(
      ...ceilings.map(
        ({ usedKib, limitKib }) => Math.ceil(((usedKib + growthKib) * 10_000) / limitKib) / 100,
      ),
    );
  const stepPercent = (100 * stepKib) / Math.max(...ceilings.map(({ limitKib }) => limitKib));
  return {
    warningPercent: percentAfter(stepKib),
    criticalPercent: percentAfter(2 * stepKib),
    // Given back it all, the stand-in is a whole step below the warning; a quarter is recovery enough: some virtual
    // machines take half a minute to count what was freed as available.
    recoveryPoints: Math.floor(stepPercent * 25) / 100,
    stepKib,
  };
}
