/** The host that nsomem runs on. */

import type { Clock } from "../core/clock.ts";
import type { Roots } from "../linux/roots.ts";
import type { Journal } from "../record/journal.ts";

/** Its files, its clocks, and the log of what is done to it. */
export interface Host extends Clock {
  roots: Roots;
  journal: Pick<Journal, "action">;
}
