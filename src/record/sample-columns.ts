/** The samples of several processes as columns, of which those that were measured together share their times. */

import type { ProcessSeries } from "../core/recording.ts";
import { type GrowingTimes, growingKib, growingTimes } from "./columns.ts";

export type SampleTable = Pick<ProcessSeries, "atMs" | "rssKib" | "allocatedKib">;

/** Rows in the order of their times. A week of six processes: 29 MB of times become 5. */
export interface SampleTables {
  push(id: number, atMs: number, rssKib: number, allocatedKib: number): void;
  /** The columns of each process by its id. */
  finish(): Map<number, SampleTable>;
}

export function sampleTables(): SampleTables {
  const ticks = tickTimes();
  const processes = new Map<number, ReturnType<typeof samplesOf>>();
  return {
    push(id, atMs, rssKib, allocatedKib) {
      let process = processes.get(id);
      if (!process) {
        process = samplesOf(ticks);
        processes.set(id, process);
      }
      process.push(atMs, rssKib, allocatedKib);
    },
    finish() {
      const times = ticks.finish();
      return new Map([...processes].map(([id, process]) => [id, process.finish(times)]));
    },
  };
}

/** The times of all processes, each once. */
interface Ticks extends Pick<GrowingTimes, "at" | "finish"> {
  /** The index of a time, which is the last one or later. */
  indexOf(atMs: number): number;
}

function tickTimes(): Ticks {
  const times = growingTimes();
  let lastMs = Number.NaN;
  let last = -1;
  return {
    indexOf(atMs) {
      if (atMs !== lastMs) {
        times.push(atMs);
        lastMs = atMs;
        last++;
      }
      return last;
    },
    at: times.at,
    finish: times.finish,
  };
}

/** Of one process. Its times are a part of all times, until it misses one. */
function samplesOf(ticks: Ticks) {
  const rss = growingKib();
  const allocated = growingKib();
  let own: GrowingTimes | undefined;
  let first = 0;
  let count = 0;
  return {
    push(atMs: number, rssKib: number, allocatedKib: number): void {
      const tick = ticks.indexOf(atMs);
      if (count === 0) first = tick;
      if (!own && tick !== first + count) own = timesFrom(ticks, first, count);
      own?.push(atMs);
      rss.push(rssKib);
      allocated.push(allocatedKib);
      count++;
    },
    finish(times: Float64Array): SampleTable {
      const isAll = count === times.length;
      const atMs = own?.finish() ?? (isAll ? times : times.subarray(first, first + count));
      return { atMs, rssKib: rss.finish(), allocatedKib: allocated.finish() };
    },
  };
}

function timesFrom(ticks: Ticks, first: number, count: number): GrowingTimes {
  const times = growingTimes();
  for (let index = first; index < first + count; index++) times.push(ticks.at(index));
  return times;
}
