/** What memory did before an agent started, as far as a recording tells it: for the forecast. Times in ms since 1970. */

import type { MemoryUse } from "./growth.ts";
import type { MemoryKind } from "./reading.ts";

/** The lowest and the highest use of one ceiling within a minute. */
export interface RecordedMinute {
  kind: MemoryKind;
  ceiling: string;
  /** A time within it. */
  atMs: number;
  lowKib: number;
  highKib: number;
}

export interface RecordedPast {
  minutes: RecordedMinute[];
  /** Who held memory, in the order of time; the lowest of some minutes each. */
  uses: MemoryUse[];
}
