/** A recording as rows, one a tick: what belongs together of series that have times of their own. */

import type { ProcessSeries, Recording } from "../core/recording.ts";

export interface Row {
  atMs: number;
  /** Index in the host's columns. */
  host: number;
  /** For each process, the index of its sample of this tick; undefined: none. */
  samples: (number | undefined)[];
}

/** A sample belongs to the tick that is nearest to it, but not over more than this. */
const apartMsMax = 1_500;

/** One object, used again for each row. */
export function* rowsOf({ host, processes }: Recording): Generator<Row> {
  const cursors = processes.map(() => 0);
  const row: Row = { atMs: 0, host: 0, samples: processes.map(() => undefined) };
  for (let tick = 0; tick < host.atMs.length; tick++) {
    const atMs = host.atMs[tick] ?? 0;
    const endMs = (atMs + (host.atMs[tick + 1] ?? Number.POSITIVE_INFINITY)) / 2;
    row.atMs = atMs;
    row.host = tick;
    for (let index = 0; index < processes.length; index++) {
      const times = processes[index]?.atMs ?? new Float64Array();
      let cursor = cursors[index] ?? 0;
      let found: number | undefined;
      while ((times[cursor] ?? Number.POSITIVE_INFINITY) < endMs) found = cursor++;
      cursors[index] = cursor;
      const isNear = found !== undefined && Math.abs((times[found] ?? 0) - atMs) <= apartMsMax;
      row.samples[index] = isNear ? found : undefined;
    }
    yield row;
  }
}

/**
 * Whether the processes were looked at in this tick: fast ticks between two looks have none of them, and a tick
 * with none may also be one without NSO. Both ask whether any process has a sample within 1.5 s.
 */
export function lookedAt(row: Row, processes: readonly ProcessSeries[]): boolean {
  if (row.samples.some((sample) => sample !== undefined)) return true;
  return !processes.some(({ atMs }) => hasNear(atMs, row.atMs));
}

function hasNear(times: Float64Array, atMs: number): boolean {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < atMs - apartMsMax) low = middle + 1;
    else high = middle;
  }
  return (times[low] ?? Number.POSITIVE_INFINITY) <= atMs + apartMsMax;
}
