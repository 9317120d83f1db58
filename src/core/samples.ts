/** The last sample of each NSO process; one that is not measured any more is forgotten. */

import type { ProcessSample } from "./reading.ts";

export interface Samples {
  take(sample: ProcessSample): void;
  /** Those of the newest tick; older by more than `ageMsMax` means the process has gone. */
  current(ageMsMax: number): ProcessSample[];
  clear(): void;
}

export function createSamples(): Samples {
  const byPid = new Map<number, ProcessSample>();
  return {
    take: (sample) => byPid.set(sample.pid, sample),
    current(ageMsMax) {
      const newestMs = Math.max(0, ...[...byPid.values()].map((sample) => sample.atMs));
      for (const [pid, sample] of byPid) if (sample.atMs < newestMs - ageMsMax) byPid.delete(pid);
      return [...byPid.values()];
    },
    clear: () => byPid.clear(),
  };
}
