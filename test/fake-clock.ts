/** Clocks that a test turns: together as time passes, or the time of day alone as when somebody sets it. */

import type { Clock } from "../src/core/clock.ts";

export interface FakeClock extends Clock {
  pass(ms: number): void;
  /** The time of day is set: forward, or (negative) back. */
  set(byMs: number): void;
}

export function fakeClock(wallMs = Date.UTC(2026, 10, 23)): FakeClock {
  const time = { wallMs, monotonicMs: 5000 };
  return {
    wallMs: () => time.wallMs,
    monotonicMs: () => time.monotonicMs,
    pass(ms) {
      time.wallMs += ms;
      time.monotonicMs += ms;
    },
    set(byMs) {
      time.wallMs += byMs;
    },
  };
}

/** Both clocks say what `nowMs` says: for what does not care which. */
export function clockOf(nowMs: () => number): Clock {
  return { wallMs: nowMs, monotonicMs: nowMs };
}
