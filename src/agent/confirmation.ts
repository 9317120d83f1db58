/** Before something is done that cannot be taken back: is memory really that short? Measured once more. */

import { cgroupPathOf, hostCeiling, isSameCeiling } from "../core/ceiling-name.ts";
import type { Config } from "../core/config.ts";
import { kindWords } from "../core/kind-words.ts";
import { type Level, severity } from "../core/level.ts";
import { hasReached } from "../core/limit.ts";
import { physicalUse } from "../core/meminfo.ts";
import type { MemoryKind, Reading } from "../core/reading.ts";
import { type Firing, isForecast, isLimit } from "../core/rule.ts";
import { percentOf } from "../core/units.ts";
import type { Meter } from "../linux/meter.ts";

export interface ConfirmationOptions {
  meter: Meter;
  /** Lines of another tool: a reading is held to the limit in its line, on the wider basis. */
  foreign: boolean;
  isIrreversible: (firing: Firing) => boolean;
  /** The level that stays when the entry is not confirmed. */
  levelNow: (kind: MemoryKind) => Level;
  onDoubt: (text: string) => void;
  /** Each time that a reading is not confirmed. */
  onRefuted: () => void;
}

/** Returns the reading to go by: the one that fired, or what was measured instead of it. */
export type Confirm = (firings: readonly Firing[], reading: Reading, config: Config) => Reading;

/**
 * A reading whose firings lead to nothing irreversible is not questioned. Otherwise memory is measured again; what does
 * not see the ceiling of the reading does not refute it. When a firing is refuted, the fresh reading takes the place of the first: the limit was not entered, and the next reading
 * may enter it. The doubt is logged once, until a firing is confirmed.
 */
export function createConfirmation(options: ConfirmationOptions): Confirm {
  let isLogged = false;
  return (firings, reading, config) => {
    const inDoubt = firings.filter(options.isIrreversible);
    if (!config.crash_dump.confirm || inDoubt.length === 0) return reading;
    const fresh = measureAgain(reading, config, options);
    // What cannot be measured cannot be refuted: a rescue is not given up for that.
    if (!fresh) return reading;
    const refuted = inDoubt.find((firing) => !isConfirmed(firing, fresh, options));
    if (!refuted) {
      isLogged = false;
      return reading;
    }
    options.onRefuted();
    if (!isLogged) options.onDoubt(describeDoubt(refuted, fresh));
    isLogged = true;
    if (!options.foreign) return fresh;
    const { usedKib, limitKib } = fresh;
    return { ...reading, usedKib, limitKib, level: options.levelNow(reading.kind) };
  };
}

function describeDoubt({ rule, level, reading }: Firing, fresh: Reading): string {
  const what = level === "normal" ? rule.name : level;
  const found = `${percentOf(fresh.usedKib, fresh.limitKib, 2)} %`;
  return `${kindWords[reading.kind]} ${what} not confirmed: measured ${found} right after; NSO is left alone`;
}

/** Undefined where this cannot be measured, or not against the ceiling that the reading was taken under. */
function measureAgain(
  { kind, ceiling }: Reading,
  config: Config,
  { meter, foreign }: ConfirmationOptions,
): Reading | undefined {
  try {
    const { readings, meminfo, seen } = meter.measure(config);
    if (kind === "allocated") return readings.allocated;
    if (!seen.some((name) => isSameCeiling(name, ceiling))) return undefined;
    if (!foreign || cgroupPathOf(ceiling) !== undefined) return readings.physical;
    // As the original measures: page cache counts as used, so its own verdict is not refuted by another basis.
    const { memTotalKib, memFreeKib } = meminfo;
    if (ceiling !== hostCeiling) return { ...readings.physical, ...physicalUse(meminfo, "free") };
    return { ...readings.physical, usedKib: memTotalKib - memFreeKib, limitKib: memTotalKib };
  } catch {
    return undefined;
  }
}

function isConfirmed({ rule, reading }: Firing, fresh: Reading, { foreign }: ConfirmationOptions): boolean {
  // What is to come is refuted by nothing that is now.
  if (isForecast(rule.on)) return true;
  if (isLimit(rule.on)) return hasReached(rule.on, fresh);
  if (!foreign) return severity(fresh.level) >= severity(rule.on);
  return hasReached({ percent: reading.thresholdPercent }, fresh);
}
