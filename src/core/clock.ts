/** Two clocks that must not be mixed: one to print, one to measure durations. */

export interface Clock {
  /**
   * Milliseconds since the epoch, to be printed, recorded, and compared with the times of files and of lines. Somebody
   * may set it: never for a duration.
   */
  wallMs(): number;
  /** Milliseconds of a clock that nobody can set, for every duration and deadline. Its zero says nothing. */
  monotonicMs(): number;
}

/** One moment by both. */
export interface Moment {
  wallMs: number;
  monotonicMs: number;
}

export function momentNow(clock: Clock): Moment {
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
}
