/** From when to when a recording is drawn. */

import type { Recording } from "../../core/recording.ts";

/** From the first to the last measurement: an axis over hours before it would squeeze what there is. */
export function extentOf({ host: { atMs }, sinceMs, untilMs }: Recording): { fromMs: number; toMs: number } {
  const fromMs = atMs[0];
  const toMs = atMs.at(-1);
  if (fromMs === undefined || toMs === undefined) return { fromMs: sinceMs, toMs: untilMs };
  // One sample: a minute around it.
  return fromMs === toMs ? { fromMs: fromMs - 30_000, toMs: toMs + 30_000 } : { fromMs, toMs };
}
