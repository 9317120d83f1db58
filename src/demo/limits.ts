/** Limits a little above the memory in use, so that a few hundred MiB lead through every level. */

import type { MemoryUse } from "../core/limit.ts";
import { formatKib } from "../core/units.ts";

/** What the demo writes into its configuration, and how much the stand-in has to take. */
export interface DemoLimits {
  warningPercent: number;
  criticalPercent: number;
  recoveryPoints: number;
  /** The warning is reached after this much growth from now, critical after twice as much. */
  stepKib: number;
}

const stepKibMax = 256 * 1024;
/** With smaller steps, the other programs of the host would move the level. */
const stepKibMin = 48 * 1024;
/** The growth stays within a third of what is free: the demo must not become the incident. */
const stepsPerHeadroom = 9;

/**
 * The limits, or the reason why there can be none. `ceilings` are the host and the smaller cgroups: a percentage of
 * the configuration is computed on each of them.
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
    // When the stand-in has given all back, memory is a whole step below the warning. A quarter of a step is recovery
    // enough: some virtual machines take half a minute to count what was freed as available.
    recoveryPoints: Math.floor(stepPercent * 25) / 100,
    stepKib,
  };
}
