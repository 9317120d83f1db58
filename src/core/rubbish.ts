/** A source that speaks and is not understood is no source: how long that is borne. */

/** For five rounds of the tool: a line or two may be cut. */
export const rubbishMsMaxDefault = 5000;

/** What was said since the last line that was understood. Times in ms of one clock that never goes back. */
export interface Rubbish {
  sinceMs: number;
  untilMs: number;
  lastLine: string;
}

/** `rubbish` and one line more. */
export function moreRubbish(rubbish: Rubbish | undefined, line: string, nowMs: number): Rubbish {
  return { sinceMs: rubbish?.sinceMs ?? nowMs, untilMs: nowMs, lastLine: line };
}

/**
 * Whether it is all that comes: it went on for long enough, or that long ago it began and nothing was ever understood.
 * One cut line of a tool that is silent since says nothing against it.
 */
export function isAllRubbish(
  rubbish: Rubbish | undefined,
  { hasBeenUnderstood, nowMs, msMax }: { hasBeenUnderstood: boolean; nowMs: number; msMax: number },
): boolean {
  if (!rubbish) return false;
  return (hasBeenUnderstood ? rubbish.untilMs : nowMs) - rubbish.sinceMs >= msMax;
}
