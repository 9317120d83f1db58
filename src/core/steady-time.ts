/** When a line was written, on a clock that nobody can set: for how long a level lasts, and which sample is the newest. */

import type { Moment } from "./clock.ts";

export interface SteadyTime {
  /**
   * `atMs` (epoch) on the monotonic clock, where `now` is the present. Two times keep their distance, however long each
   * took until here; a time of before the clock was set counts as now.
   */
  of(atMs: number, now: Moment): number;
  /** By how much the time of day was set since the last look, forward or (negative) back; undefined where it was not. */
  step(now: Moment): number | undefined;
}

/** Less than this is the drift that NTP evens out, and the time between two looks at two clocks. */
const stepMsMin = 1000;
/** A line of a log that is followed may be as old. */
const pastMsMax = 60_000;

export function createSteadyTime(start: Moment): SteadyTime {
  let offsetMs = start.wallMs - start.monotonicMs;
  let unreportedMs = 0;
  const look = ({ wallMs, monotonicMs }: Moment) => {
    const changedMs = wallMs - monotonicMs - offsetMs;
    if (Math.abs(changedMs) < stepMsMin) return;
    offsetMs += changedMs;
    unreportedMs += changedMs;
  };
  return {
    of(atMs, now) {
      look(now);
      const steadyMs = atMs - offsetMs;
      const agoMs = now.monotonicMs - steadyMs;
      return agoMs > pastMsMax || agoMs < -stepMsMin ? now.monotonicMs : steadyMs;
    },
    step(now) {
      look(now);
      const stepMs = unreportedMs;
      unreportedMs = 0;
      return Math.abs(stepMs) < stepMsMin ? undefined : stepMs;
    },
  };
}
