/** Before something is done that cannot be taken back: is it still so? */

import type { Config } from "../core/config.ts";
import { type Level, severity } from "../core/level.ts";
import { hasReached } from "../core/limit.ts";
import type { MemoryKind, Reading } from "../core/reading.ts";
import type { Firing } from "../core/rule.ts";
import { percentOf } from "../core/units.ts";
import type { Meter } from "../linux/meter.ts";

export interface ConfirmationOptions {
  meter: Meter;
  /** Lines of another tool: held to the limit that stands in the line, on the wider basis. */
  foreign: boolean;
  isIrreversible: (firing: Firing) => boolean;
  /** The level that stays when the entry is not confirmed. */
  levelNow: (kind: MemoryKind) => Level;
  onDoubt: (text: string) => void;
}

/**
 * Returns how to confirm the firings of one reading: by its reading when they stand (or nothing irreversible
 * follows), else by the one to go by instead. Unconfirmed, the limit has not been entered, so the next reading asks
 * again; a doubt is told once until a firing is confirmed.
 */
export function createConfirmation(
  options: ConfirmationOptions,
): (firings: readonly Firing[], reading: Reading, config: Config) => Reading {
  let told = false;
  return (firings, reading, config) => {
    const inDoubt = firings.filter(options.isIrreversible);
    if (!config.crash_dump.confirm || inDoubt.length === 0) return reading;
    const fresh = freshReading(reading.kind, config);
    // What cannot be measured cannot be refuted: a rescue is not given up for that.
    if (!fresh) return reading;
    const refuted = inDoubt.find((firing) => !stands(firing, fresh));
    if (!refuted) {
      told = false;
      return reading;
    }
    if (!told) {
      const found = `${percentOf(fresh.usedKib, fresh.limitKib, 2)} %`;
      const what = refuted.level === "normal" ? refuted.rule.name : refuted.level;
      options.onDoubt(
        `${reading.kind} ${what} not confirmed: measured ${found} right after; NSO is left alone`,
      );
    }
    told = true;
    if (!options.foreign) return fresh;
    const { usedKib, limitKib } = fresh;
    return { ...reading, usedKib, limitKib, level: options.levelNow(reading.kind) };
  };

  function freshReading(kind: MemoryKind, config: Config): Reading | undefined {
    try {
      return measure(kind, config);
    } catch {
      return undefined;
    }
  }

  function measure(kind: MemoryKind, config: Config): Reading {
    const { readings, meminfo } = options.meter.measure(config);
    if (!options.foreign || kind === "allocated") return readings[kind];
    const { memTotalKib, memFreeKib } = meminfo;
    return { ...readings.physical, usedKib: memTotalKib - memFreeKib, limitKib: memTotalKib };
  }

  function stands({ rule, reading }: Firing, fresh: Reading): boolean {
    if (typeof rule.on !== "string") return hasReached(rule.on, fresh);
    if (!options.foreign) return severity(fresh.level) >= severity(rule.on);
    return fresh.usedKib * 100 >= reading.thresholdPercent * fresh.limitKib;
  }
}
