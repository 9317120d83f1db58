/** One limit over time: entered at once, left only after a while clear of it. Levels and rules both use it. */

/** What a limit remembers between readings. */
export interface ThresholdState {
  inside: boolean;
  /** Since when the value has been clear of the limit, by the clock of the observations; null where it is not. */
  clearSinceMs: number | null;
  /** Readings in a row at or above the limit, for `confirm`. */
  readingsAt: number;
}

/** What one reading says about the limit. Between `reached` and `clear` lies the margin in which nothing changes. */
export interface Observation {
  reached: boolean;
  clear: boolean;
  /** By a clock that is not set; a recording has its own times, which may step. */
  steadyMs: number;
}

/** How a limit is confirmed and left. Defaults of the design: 1 reading, 2 points, 10 s. */
export interface Persistence {
  recoveryPoints: number;
  recoveryMs: number;
  confirmReadings: number;
}

export const initialThreshold: ThresholdState = { inside: false, clearSinceMs: null, readingsAt: 0 };

/** One reading further: in after `confirmReadings` in a row, out after `recoveryMs` clear of the limit. Pure. */
export function stepThreshold(
  state: ThresholdState,
  { reached, clear, steadyMs }: Observation,
  { recoveryMs, confirmReadings }: Persistence,
): ThresholdState {
  const readingsAt = reached ? state.readingsAt + 1 : 0;
  const since = state.clearSinceMs;
  // A recording whose clock was set back begins the wait anew, instead of lengthening it by the step.
  const clearSinceMs = clear && !reached ? (since === null || since > steadyMs ? steadyMs : since) : null;
  const left = clearSinceMs !== null && steadyMs - clearSinceMs >= recoveryMs;
  const inside = readingsAt >= confirmReadings || (state.inside && !left);
  return { inside, clearSinceMs, readingsAt };
}
