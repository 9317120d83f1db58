/** A stretch of the history as columns of a terminal: what `nsomem top` draws. */

import type { ProcessGroup } from "./group.ts";
import type { HistoryEvent } from "./recording.ts";

/** One memory kind in one column: the most that was used in it. */
export interface StripCell {
  usedKib: number;
  limitKib: number;
}

/** Undefined where nothing was measured. */
export type Strip<T> = (T | undefined)[];

export interface Strips {
  fromMs: number;
  untilMs: number;
  physical: Strip<StripCell>;
  allocated: Strip<StripCell>;
  /** Resident memory at the end of each column. */
  processes: { group: ProcessGroup; name: string; rssKib: Strip<number> }[];
  /** The last ones in the stretch, oldest first. */
  events: HistoryEvent[];
}

/** How long one column may be, in ms: 80 of them are a minute and a half, or a week. */
export const columnMsSteps = [1000, 10_000, 60_000, 600_000, 7_200_000] as const;
