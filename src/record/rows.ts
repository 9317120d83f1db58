/** A recording as rows, one a tick: what belongs together of series that have times of their own. */

import type { ProcessSeries, Recording } from "../core/recording.ts";
import { timeAt } from "./columns.ts";

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
  const sampleOf = processes.map(({ atMs }) => sampleFinder(atMs));
  const row: Row = { atMs: 0, host: 0, samples: [] };
  for (const [tick, atMs] of host.atMs.entries()) {
    const nextMs = host.atMs[tick + 1] ?? Number.POSITIVE_INFINITY;
    row.atMs = atMs;
    row.host = tick;
    for (const [index, find] of sampleOf.entries()) row.samples[index] = find(atMs, (atMs + nextMs) / 2);
    yield row;
  }
}

/** Finds, tick after tick, the last sample before `endMs`, if it is near the tick at `atMs`. */
function sampleFinder(times: Float64Array): (atMs: number, endMs: number) => number | undefined {
  let cursor = 0;
  return (atMs, endMs) => {
    let found: { index: number; atMs: number } | undefined;
    let sampleMs = times[cursor];
    while (sampleMs !== undefined && sampleMs < endMs) {
      found = { index: cursor, atMs: sampleMs };
      sampleMs = times[++cursor];
    }
    return found && Math.abs(found.atMs - atMs) <= apartMsMax ? found.index : undefined;
  };
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
    if (timeAt(times, middle) < atMs - apartMsMax) low = middle + 1;
    else high = middle;
  }
  // Beyond the last time: NaN, which is near nothing.
  return timeAt(times, low) <= atMs + apartMsMax;
}
