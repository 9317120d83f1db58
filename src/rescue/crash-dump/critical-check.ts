/** Whether memory is still critical, by the agent's own measurement of the ceiling that binds. */

import type { Config } from "../../core/config.ts";
import { hasReached } from "../../core/limit.ts";
import type { Reading } from "../../core/reading.ts";
import { createMeter } from "../../linux/meter.ts";
import type { Host } from "../host.ts";

export interface CriticalCheckOptions {
  config: Config;
  host: Pick<Host, "roots" | "now">;
  /** The reading that led to the action. */
  reading: Pick<Reading, "kind" | "thresholdPercent">;
  pid: number;
}

/**
 * A check for the kind of memory that led to the action. The cgroups are those that `pid` is in now: they outlive it.
 * A reading that came with a limit of its own (another tool's line) is held to that limit.
 */
export function createCriticalCheck({ config, host, reading, pid }: CriticalCheckOptions): () => boolean {
  const meter = createMeter(host.roots, host.now);
  meter.follow(pid);
  const { kind, thresholdPercent } = reading;
  return () => {
    try {
      const fresh = meter.measure(config).readings[kind];
      return hasReached({ percent: thresholdPercent }, fresh) || fresh.level === "critical";
    } catch {
      // What cannot be measured is no reason to end a VM.
      return false;
    }
  };
}
