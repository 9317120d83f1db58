/** Whether memory is still critical, by the agent's own measurement of the ceiling that binds. */

import { isSameCeiling } from "../../core/ceiling-name.ts";
import type { Config } from "../../core/config.ts";
import { hasReached } from "../../core/limit.ts";
import type { Reading } from "../../core/reading.ts";
import { createMeter } from "../../linux/meter.ts";
import type { ProcessIdentity } from "../../linux/procfs.ts";
import type { Host } from "../host.ts";

export interface CriticalCheckOptions {
  config: Config;
  host: Pick<Host, "roots" | "wallMs" | "monotonicMs">;
  /** The reading that led to the action. */
  reading: Pick<Reading, "kind" | "thresholdPercent" | "ceiling">;
  core: ProcessIdentity;
}

/**
 * A check for the kind of memory that led to the action. The cgroups are those that the core is in: they outlive it.
 * A reading that came with a limit of its own (another tool's line) is held to that limit. Where its ceiling is not
 * among those that can be seen, nothing says that memory is less short than it was.
 */
export function createCriticalCheck(options: CriticalCheckOptions): () => boolean {
  const look = createCriticalLook(options);
  // What cannot be measured is no reason to end a VM.
  return () => look() ?? false;
}

/** The same, and undefined where it cannot be measured. */
export function createCriticalLook({
  config,
  host,
  reading,
  core,
}: CriticalCheckOptions): () => boolean | undefined {
  const meter = createMeter(host.roots, host);
  meter.follow(core);
  const { kind, thresholdPercent, ceiling } = reading;
  return () => {
    try {
      const { readings, seen } = meter.measure(config);
      const fresh = readings[kind];
      if (!fresh) return false;
      if (kind === "physical" && !seen.some((name) => isSameCeiling(name, ceiling))) return true;
      return hasReached({ percent: thresholdPercent }, fresh) || fresh.level === "critical";
    } catch {
      return undefined;
    }
  };
}
