/** What an earlier agent recorded is taken up: a restart does not make the forecast blind. */

import type { Moment } from "../core/clock.ts";
import type { Forecasters } from "../core/levels.ts";
import type { RecordedPast } from "../core/recorded-past.ts";
import type { UseWindow } from "../core/use-window.ts";

/** Times of the recording are put on the clock that nobody can set; what claims to be later than now is left out. */
export function takeUpPast(
  { minutes, uses }: RecordedPast,
  into: { forecasters: Forecasters; uses: UseWindow },
  now: Moment,
): void {
  const steadyOf = (atMs: number) => now.monotonicMs - (now.wallMs - atMs);
  for (const { kind, ceiling, atMs, lowKib, highKib } of minutes) {
    if (atMs > now.wallMs) continue;
    into.forecasters[kind].restore({ steadyMs: steadyOf(atMs), ceiling, low: lowKib, high: highKib });
  }
  into.uses.restore(
    uses.filter(({ atMs }) => atMs <= now.wallMs).map((use) => ({ ...use, atMs: steadyOf(use.atMs) })),
  );
}
