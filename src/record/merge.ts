/** Series of several files as one, by time; of two samples at one time the first file's is kept. */

import type { HostSeries, ProcessSeries } from "../core/recording.ts";
import { growingColumns } from "./columns.ts";
import { hostSeries, processSeries } from "./data-file.ts";

export function mergeHosts(hosts: readonly HostSeries[]): HostSeries {
  const [first, ...rest] = hosts;
  if (!first) return hostSeries([]);
  return rest.reduce((merged, next) => hostSeries(mergeColumns(columnsOf(merged), columnsOf(next))), first);
}

/** Files of one process (a rotated log) become one series. */
export function mergeProcesses(processes: readonly ProcessSeries[]): ProcessSeries[] {
  const merged = new Map<string, ProcessSeries>();
  for (const process of processes) {
    const key = `${process.group} ${process.name}`;
    const known = merged.get(key);
    merged.set(
      key,
      known
        ? processSeries(
            process,
            [...new Set([...known.pids, ...process.pids])],
            mergeColumns(
              [known.atMs, known.rssKib, known.allocatedKib],
              [process.atMs, process.rssKib, process.allocatedKib],
            ),
          )
        : process,
    );
  }
  return [...merged.values()].map(({ group, name, ...series }) => ({ group, name, ...series }));
}

function columnsOf(host: HostSeries): Float64Array[] {
  return [host.atMs, host.memUsedKib, host.memTotalKib, host.committedKib, host.commitLimitKib];
}

/** The first column is the time. Equal tables, as the host's in each data file, are not copied. */
function mergeColumns(a: Float64Array[], b: Float64Array[]): Float64Array[] {
  const [aTimes = new Float64Array()] = a;
  const [bTimes = new Float64Array()] = b;
  const merged = growingColumns(a.length);
  const row: number[] = [];
  const take = (columns: Float64Array[], index: number) => {
    for (let column = 0; column < columns.length; column++)
      row[column] = columns[column]?.[index] ?? Number.NaN;
    merged.push(row);
  };
  let ai = 0;
  let bi = 0;
  let added = 0;
  while (ai < aTimes.length || bi < bTimes.length) {
    const aMs = aTimes[ai] ?? Number.POSITIVE_INFINITY;
    const bMs = bTimes[bi] ?? Number.POSITIVE_INFINITY;
    if (aMs <= bMs) take(a, ai++);
    else {
      take(b, bi);
      added++;
    }
    if (bMs <= aMs) bi++;
  }
  return added === 0 ? a : merged.finish();
}
