/** A recording that was read from old files, into a history. */

import { dirname } from "node:path";
import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, HostSeries, ProcessSeries, Recording, Tick } from "../core/recording.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { valueAt } from "./columns.ts";
import { openStore, type Store } from "./store.ts";

/** Transactions of this many ticks: a running agent waits 20 ms at most for the file. */
const ticksATransaction = 500;

/** Creates the file when there is none, and its directory. Throws as `openStore`. */
export function writeRecording(path: string, recording: Recording): void {
  inPrivateDirectory(dirname(path), () => {});
  const store = openStore(path);
  try {
    store.db.run("PRAGMA busy_timeout = 5000");
    store.db.run("PRAGMA synchronous = NORMAL");
    store.db.run("PRAGMA wal_autocheckpoint = 1000");
    for (const run of recording.runs) store.writeRun(run);
    writeTicks(store, recording);
    store.write([], recording.events);
  } finally {
    store.close();
  }
}

function writeTicks(store: Store, { host, processes }: Recording): void {
  const takeUntil = processes.map((process) => samplesOf(process));
  let batch: Tick[] = [];
  for (const [index, atMs] of host.atMs.entries()) {
    const isLast = index === host.atMs.length - 1;
    const endMs = isLast ? Number.POSITIVE_INFINITY : atMs;
    batch.push({ host: hostSample(host, index), processes: takeUntil.flatMap((take) => take(endMs)) });
    if (batch.length < ticksATransaction && !isLast) continue;
    store.write(batch, []);
    batch = [];
  }
}

/** Hands out the samples of a process in order: those not yet taken, up to and at `endMs`. */
function samplesOf({ group, name, pids, ...columns }: ProcessSeries): (endMs: number) => ProcessSample[] {
  // Files of the original toolset may name none.
  const pid = pids.at(-1) ?? 0;
  let cursor = 0;
  return (endMs) => {
    const taken: ProcessSample[] = [];
    for (let atMs = columns.atMs[cursor]; atMs !== undefined && atMs <= endMs; atMs = columns.atMs[++cursor])
      taken.push({
        ...{ group, name, pid, atMs, children: [] },
        rssKib: valueAt(columns.rssKib, cursor),
        allocatedKib: valueAt(columns.allocatedKib, cursor),
      });
    return taken;
  };
}

function hostSample(host: HostSeries, index: number): HostSample {
  return {
    atMs: valueAt(host.atMs, index),
    memUsedKib: valueAt(host.memUsedKib, index),
    memTotalKib: valueAt(host.memTotalKib, index),
    committedKib: valueAt(host.committedKib, index),
    commitLimitKib: valueAt(host.commitLimitKib, index),
    // Not in the files.
    overcommitMode: Number.NaN,
  };
}
