/** What is none of NSO's: the host's used memory without the RSS of NSO's processes. */

import type { HostSeries, ProcessSeries } from "../../core/recording.ts";
import { numberAt } from "./column.ts";
import { carryOf, processTotal } from "./process-total.ts";
import { indexFrom, type Series, seriesOf } from "./series.ts";

/** A tick's host and processes carry times this close. */
const tickMs = 500;

/**
 * Where host and processes were measured in one tick. Pages that NSO's processes share count for each of them, so it is
 * low by these. Undefined where no process was measured.
 */
export function everythingElse(
  host: Pick<HostSeries, "atMs" | "memUsedKib">,
  processes: readonly ProcessSeries[],
  thinnedMs: number | undefined,
): Series | undefined {
  if (processes.length === 0) return undefined;
  const total = processTotal(processes, carryOf(processes, thinnedMs));
  const apartMsMax = tickMs + (thinnedMs ?? 0);
  const atMs = new Float64Array(total.atMs.length);
  const kib = new Float64Array(total.atMs.length);
  let count = 0;
  for (let index = 0; index < total.atMs.length; index++) {
    const ms = numberAt(total.atMs, index);
    const usedKib = usedAt(host, ms, apartMsMax);
    if (usedKib === undefined) continue;
    atMs[count] = ms;
    kib[count++] = Math.max(0, usedKib - numberAt(total.rssKib, index));
  }
  return count === 0 ? undefined : seriesOf(atMs.slice(0, count), kib.slice(0, count), thinnedMs);
}

/** Of the nearest tick; undefined where that is too far away, or has no physical memory. */
function usedAt(
  { atMs, memUsedKib }: Pick<HostSeries, "atMs" | "memUsedKib">,
  ms: number,
  apartMsMax: number,
): number | undefined {
  const after = indexFrom(atMs, ms);
  const afterMs = (atMs[after] ?? Number.POSITIVE_INFINITY) - ms;
  const beforeMs = ms - (atMs[after - 1] ?? Number.NEGATIVE_INFINITY);
  if (Math.min(afterMs, beforeMs) > apartMsMax) return undefined;
  const usedKib = memUsedKib[afterMs <= beforeMs ? after : after - 1];
  return usedKib === undefined || Number.isNaN(usedKib) ? undefined : usedKib;
}
