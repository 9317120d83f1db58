/** Before NSO would be made to dump: is it still so? */

import type { Config } from "../core/config.ts";
import type { LevelChange } from "../core/episode.ts";
import type { Level } from "../core/level.ts";
import type { Reading } from "../core/reading.ts";
import { percentOf } from "../core/units.ts";
import type { Meter } from "./measure.ts";

export interface ConfirmationOptions {
  meter: Meter;
  /** Lines of another tool: held to the limit that stands in the line, on the wider basis. */
  foreign: boolean;
  isIrreversible: (change: LevelChange) => boolean;
  /** The level that stays when the change is not confirmed. */
  levelNow: (change: LevelChange) => Level;
  onDoubt: (text: string) => void;
}

/**
 * Returns how to confirm a change upwards: its reading when it stands (or nothing irreversible follows), else the
 * one to go by instead. Unconfirmed, the level has not been entered, so the next critical reading asks again; a
 * doubt is told once until a change is confirmed.
 */
export function createConfirmation(
  options: ConfirmationOptions,
): (change: LevelChange, config: Config) => Reading {
  let told = false;
  return (change, config) => {
    if (!config.crash_dump.confirm || !options.isIrreversible(change)) return change.reading;
    const fresh = measure(change, config);
    if (fresh.confirmed) {
      told = false;
      return change.reading;
    }
    if (!told) {
      const found = `${percentOf(fresh.usedKib, fresh.reading.limitKib, 2)} %`;
      options.onDoubt(
        `${change.kind} critical not confirmed: measured ${found} right after; NSO is left alone`,
      );
    }
    told = true;
    return options.foreign ? { ...change.reading, level: options.levelNow(change) } : fresh.reading;
  };

  function measure(
    change: LevelChange,
    config: Config,
  ): { reading: Reading; usedKib: number; confirmed: boolean } {
    const { readings, meminfo } = options.meter.measure(config);
    const reading = readings[change.kind];
    if (!options.foreign)
      return { reading, usedKib: reading.usedKib, confirmed: reading.level === "critical" };
    const usedKib = change.kind === "physical" ? meminfo.memTotalKib - meminfo.memFreeKib : reading.usedKib;
    const confirmed = usedKib * 100 >= change.reading.thresholdPercent * reading.limitKib;
    return { reading, usedKib, confirmed };
  }
}
