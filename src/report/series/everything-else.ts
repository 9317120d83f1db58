/** What is none of NSO's: the host's used memory without the RSS of NSO's processes. */

import type { HostSeries, ProcessSeries } from "../../core/recording.ts";
import { compact, kibAt, numberAt } from "./column.ts";
import { carryOf, processTotal } from "./process-total.ts";
import { type Series, seriesOf } from "./series.ts";

/** A tick's host and processes carry times this close. */
const tickMs = 500;

/**
 * Where host and processes were measured in one tick. Pages that NSO's processes share count for each of them, so it is
 * low by these. Undefined where no process was measured. `hugePagesKib` of the used memory are nobody's (facts 2.7).
 */
export function everythingElse(
  host: Pick<HostSeries, "atMs" | "memUsedKib">,
  processes: readonly ProcessSeries[],
  { hugePagesKib = 0, thinnedMs }: { hugePagesKib?: number; thinnedMs?: number | undefined } = {},
): Series | undefined {
  if (processes.length === 0) return undefined;
  const total = processTotal(processes, carryOf(processes, thinnedMs));
  const indexAt = nearestTick(host.atMs, tickMs + (thinnedMs ?? 0));
  const atMs = new Float64Array(total.atMs.length);
  const kib = new Float64Array(total.atMs.length);
  let count = 0;
  for (let index = 0; index < total.atMs.length; index++) {
    const ms = numberAt(total.atMs, index);
    const at = indexAt(ms);
    const usedKib = at === undefined ? Number.NaN : kibAt(host.memUsedKib, at);
    if (Number.isNaN(usedKib)) continue;
    atMs[count] = ms;
    kib[count++] = Math.max(0, Math.max(0, usedKib - hugePagesKib) - kibAt(total.rssKib, index));
  }
  if (count === 0) return undefined;
  const times = count === total.atMs.length ? total.atMs : atMs.slice(0, count);
  return seriesOf(times, compact(kib.subarray(0, count)), thinnedMs);
}

/** The index of the tick that is nearest to a time; undefined where it is too far away. Of times that never step back. */
function nearestTick(ticks: Float64Array, apartMsMax: number): (ms: number) => number | undefined {
  let after = 0;
  return (ms) => {
    while (after < ticks.length && numberAt(ticks, after) < ms) after++;
    const afterMs = (ticks[after] ?? Number.POSITIVE_INFINITY) - ms;
    const beforeMs = ms - (ticks[after - 1] ?? Number.NEGATIVE_INFINITY);
    if (Math.min(afterMs, beforeMs) > apartMsMax) return undefined;
    return afterMs <= beforeMs ? after : after - 1;
  };
}
