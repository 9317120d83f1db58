/** Each memory kind's level over time: readings in, changes of level out. */

import { type Config, limitsOf, persistenceOf } from "../core/config.ts";
import { initialKindState, type KindState, type LevelChange, stepKind } from "../core/episode.ts";
import type { MemoryKind, Reading } from "../core/reading.ts";

export interface Levels {
  /**
   * Takes one reading. `confirm` is asked before a level is entered upwards and returns the reading to go by
   * instead; with it not above the present level the entry has not happened, so the next reading can enter again.
   */
  take(reading: Reading, config: Config, confirm: (change: LevelChange) => Reading): LevelChange | undefined;
  state(kind: MemoryKind): KindState;
  latest(kind: MemoryKind): Reading | undefined;
}

export function createLevels(config: Config): Levels {
  const states: Record<MemoryKind, KindState> = {
    physical: initialKindState(limitsOf("physical", config)),
    allocated: initialKindState(limitsOf("allocated", config)),
  };
  const latest: Partial<Record<MemoryKind, Reading>> = {};
  return {
    take(reading, current, confirm) {
      const { kind } = reading;
      const step = (taken: Reading) =>
        stepKind(states[kind], taken, limitsOf(kind, current), persistenceOf(kind, current));
      let taken = reading;
      let stepped = step(taken);
      if (stepped.change?.direction === "up") {
        taken = confirm(stepped.change);
        if (taken !== reading) stepped = step(taken);
      }
      latest[kind] = taken;
      states[kind] = stepped.state;
      return stepped.change;
    },
    state: (kind) => states[kind],
    latest: (kind) => latest[kind],
  };
}
