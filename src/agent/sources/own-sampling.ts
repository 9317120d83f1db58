/** While no lines come from the tool, the agent measures by itself at the same cadence: a reaction never depends on bash. */

import type { Config } from "../../core/config.ts";
import { describeError } from "../../core/errors.ts";
import { memoryKinds, type Reading } from "../../core/reading.ts";
import type { Meter } from "../../linux/meter.ts";

export interface OwnSamplingOptions {
  meter: Meter;
  config: () => Config;
  /** False ends the sampling until the next `wake`. */
  isNeeded: () => boolean;
  onReading: (reading: Reading) => void;
  onFailure: (text: string) => void;
}

export interface OwnSampling {
  /** Measures now if needed, and goes on while needed. */
  wake(): void;
  /** Wakes after `delayMs`, unless woken before: the tool gets that long to its first line. */
  wakeIn(delayMs: number): void;
  isAwake(): boolean;
  stop(): void;
}

export function createOwnSampling(options: OwnSamplingOptions): OwnSampling {
  let timer: Timer | undefined;
  return {
    wake,
    wakeIn: schedule,
    isAwake: () => timer !== undefined,
    stop: () => clearTimeout(timer),
  };

  function wake(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!options.isNeeded()) return;
    const config = options.config();
    try {
      const measurement = options.meter.measure(config);
      for (const kind of memoryKinds) {
        const reading = measurement.readings[kind];
        if (reading) options.onReading(reading);
      }
      schedule(options.meter.waitMs(measurement, config));
    } catch (error) {
      options.onFailure(`cannot measure: ${describeError(error)}`);
      schedule(config.tool.interval_max);
    }
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, delayMs);
  }
}
