/** The host that nsomem runs on. */

import type { Roots } from "../linux/roots.ts";
import type { Journal } from "../record/journal.ts";

/** Its files, its clock (ms since the epoch), and the log of what is done to it. */
export interface Host {
  roots: Roots;
  now: () => number;
  journal: Pick<Journal, "action">;
}
