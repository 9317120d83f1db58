/** Series of several files as one, by time; of two samples at one time the first file's is kept. */

import type { HostSeries, ProcessSeries } from "../core/recording.ts";
import { growingColumns, type Table } from "./columns.ts";
import { hostColumns, processColumns } from "./series-columns.ts";

export function mergeHosts(hosts: readonly HostSeries[]): HostSeries {
  const [first, ...rest] = hosts;
  if (!first) return growingColumns(hostColumns).finish();
  return rest.reduce((merged, next) => mergeTables(hostColumns, merged, next), first);
}

/** Files of one process (a rotated log) become one series. */
export function mergeProcesses(processes: readonly ProcessSeries[]): ProcessSeries[] {
  const merged = new Map<string, ProcessSeries>();
  for (const process of processes) {
    const key = `${process.group} ${process.name}`;
    const known = merged.get(key);
    merged.set(key, known ? joined(known, process) : process);
  }
  return [...merged.values()];
}

function joined(a: ProcessSeries, b: ProcessSeries): ProcessSeries {
  const pids = [...new Set([...a.pids, ...b.pids])];
  return { group: b.group, name: b.name, pids, ...mergeTables(processColumns, a, b) };
}

type Timed = { atMs: Float64Array };

/** Equal tables, as the host's in each data file, are not copied. */
function mergeTables<Names extends readonly string[]>(
  names: Names,
  a: Table<Names> & Timed,
  b: Table<Names> & Timed,
): Table<Names> {
  const merged = growingColumns(names);
  let ai = 0;
  let bi = 0;
  let added = 0;
  while (ai < a.atMs.length || bi < b.atMs.length) {
    const aMs = a.atMs[ai] ?? Number.POSITIVE_INFINITY;
    const bMs = b.atMs[bi] ?? Number.POSITIVE_INFINITY;
    if (aMs <= bMs) merged.copy(a, ai++);
    else {
      merged.copy(b, bi);
      added++;
    }
    if (bMs <= aMs) bi++;
  }
  return added === 0 ? a : merged.finish();
}
