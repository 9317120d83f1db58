/** Whether memory is being seen at all, by the tool or by the agent itself: without that nothing can be rescued. */

import type { Clock } from "../core/clock.ts";
import type { MemoryKind } from "../core/reading.ts";
import { formatDuration } from "../core/units.ts";
import type { Journal } from "../record/journal.ts";

/** Nobody has seen physical memory for a while. */
export interface Blindness {
  /** Since when, in ms: of the time of day, and how long ago by a clock that is not set. */
  sinceMs: number;
  ageMs: number;
  /** In words: why the agent itself cannot measure. */
  reason: string;
}

export interface Sight {
  /** This kind was measured just now, by whomever. */
  saw(kind: MemoryKind): void;
  /** The agent tried to measure, and could not. */
  failed(reason: string): void;
  /** False while nobody sees: what a watchdog asks. */
  isSeeing(): boolean;
  blindness(): Blindness | undefined;
  /** To be called a few times a second: says in the log when sight is lost and when it is back. Returns whether it changed. */
  look(): boolean;
}

/** Three rounds of the tool. */
const blindAfterMs = 3000;

export interface SightOptions extends Clock {
  journal: Pick<Journal, "action">;
  /** What was known when sight was lost, as a sentence. */
  lastKnown: () => string;
}

/** Physical memory decides: every host has it, while the commit charge may not be there to be read (facts 2.14). */
export function createSight({ journal, lastKnown, wallMs, monotonicMs }: SightOptions): Sight {
  let sawMs = monotonicMs();
  let sawWallMs = wallMs();
  let reason: string | undefined;
  /** When it was last seen before it was lost, once that is said. */
  let lostMs: number | undefined;
  const isSeeing = () => monotonicMs() - sawMs <= blindAfterMs;
  const blindness = (): Blindness | undefined =>
    isSeeing()
      ? undefined
      : { sinceMs: sawWallMs, ageMs: monotonicMs() - sawMs, reason: reason ?? "no reading comes" };
  return {
    saw(kind) {
      if (kind !== "physical") return;
      sawMs = monotonicMs();
      sawWallMs = wallMs();
      reason = undefined;
    },
    failed(why) {
      reason = why;
    },
    isSeeing,
    blindness,
    look() {
      const blind = blindness();
      if ((blind !== undefined) === (lostMs !== undefined)) return false;
      if (blind) {
        lostMs = sawMs;
        const before = lastKnown();
        journal.action(
          `memory cannot be measured for ${formatDuration(blindAfterMs)}: ${blind.reason}. ${before} No rescue begins until it can.`,
          "error",
        );
      } else if (lostMs !== undefined) {
        journal.action(`memory is measured again, after ${formatDuration(monotonicMs() - lostMs)}`);
        lostMs = undefined;
      }
      return true;
    },
  };
}
