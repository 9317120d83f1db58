/** The last sample of each NSO process; one that is not measured any more is forgotten. */

import type { ProcessSample } from "./reading.ts";

export interface Samples {
  /** `steadyMs`: when it was taken, by a clock that is not set. */
  take(sample: ProcessSample, steadyMs: number): void;
  /** Those of the newest tick; older by more than `ageMsMax` means the process has gone. */
  current(ageMsMax: number): ProcessSample[];
  clear(): void;
}

export function createSamples(): Samples {
  const byPid = new Map<number, { sample: ProcessSample; steadyMs: number }>();
  return {
    take: (sample, steadyMs) => byPid.set(sample.pid, { sample, steadyMs }),
    current(ageMsMax) {
      const newestMs = Math.max(...[...byPid.values()].map(({ steadyMs }) => steadyMs));
      for (const [pid, { steadyMs }] of byPid) if (steadyMs < newestMs - ageMsMax) byPid.delete(pid);
      return [...byPid.values()].map(({ sample }) => sample);
    },
    clear: () => byPid.clear(),
  };
}
