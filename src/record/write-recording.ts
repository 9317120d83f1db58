/** A recording that was read from old files, into a history. */

import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, Recording, Tick } from "../core/recording.ts";
import { openStore, type Store } from "./store.ts";

/** Transactions of this many ticks: a running agent waits 20 ms at most for the file. */
const ticksATransaction = 500;

/** Creates the file when there is none. Throws what SQLite throws. */
export function writeRecording(path: string, recording: Recording): void {
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
  const cursors = processes.map(() => 0);
  let batch: Tick[] = [];
  for (let index = 0; index < host.atMs.length; index++) {
    const atMs = host.atMs[index] ?? 0;
    const isLast = index === host.atMs.length - 1;
    const samples: ProcessSample[] = [];
    for (const [which, process] of processes.entries()) {
      let cursor = cursors[which] ?? 0;
      for (; cursor < process.atMs.length && (isLast || (process.atMs[cursor] ?? 0) <= atMs); cursor++)
        samples.push({
          group: process.group,
          name: process.name,
          pid: process.pids.at(-1) ?? 0,
          rssKib: process.rssKib[cursor] ?? 0,
          allocatedKib: process.allocatedKib[cursor] ?? 0,
          children: [],
          atMs: process.atMs[cursor] ?? 0,
        });
      cursors[which] = cursor;
    }
    const sample: HostSample = {
      atMs,
      memUsedKib: host.memUsedKib[index] ?? Number.NaN,
      memTotalKib: host.memTotalKib[index] ?? Number.NaN,
      committedKib: host.committedKib[index] ?? Number.NaN,
      commitLimitKib: host.commitLimitKib[index] ?? Number.NaN,
      // Not in the files.
      overcommitMode: Number.NaN,
    };
    batch.push({ host: sample, processes: samples });
    if (batch.length < ticksATransaction && !isLast) continue;
    store.write(batch, []);
    batch = [];
  }
}
