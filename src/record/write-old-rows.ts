/** What old files hold, into a history. */

import { dirname } from "node:path";
import type { HistoryEvent, RunMeta, Tick } from "../core/recording.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import type { OldRow } from "./old-row.ts";
import { openStore } from "./store.ts";

/** Transactions of this many ticks: a running agent waits 20 ms at most for the file. */
const ticksATransaction = 500;

export interface WriteOptions {
  rows: Iterable<OldRow>;
  /** Asked after the last row: what the files say of their limits is known by then. */
  meta: () => RunMeta;
}

/** The first and last time that was written. */
export interface Written {
  firstMs: number;
  lastMs: number;
}

/**
 * Creates the file when there is none, and its directory. Rows that were imported before are replaced. Undefined where
 * there is no measurement; then the history gains nothing. Throws as `openStore`.
 */
export function writeOldRows(path: string, { rows, meta }: WriteOptions): Written | undefined {
  inPrivateDirectory(dirname(path), () => {});
  const store = openStore(path);
  try {
    store.db.run("PRAGMA busy_timeout = 5000");
    store.db.run("PRAGMA synchronous = NORMAL");
    // 64 MB: each checkpoint waits for the disk twice, and holds up no other writer.
    store.db.run("PRAGMA wal_autocheckpoint = 16000");
    let ticks: Tick[] = [];
    let events: HistoryEvent[] = [];
    let written: Written | undefined;
    for (const { atMs, host, samples, event } of rows) {
      if (event) events.push(event);
      if (!host) continue;
      ticks.push({ host, processes: samples });
      written = { firstMs: written?.firstMs ?? atMs, lastMs: atMs };
      if (ticks.length < ticksATransaction) continue;
      store.write(ticks, events);
      [ticks, events] = [[], []];
    }
    if (!written) return undefined;
    store.write(ticks, events);
    store.writeRun({ startedMs: written.firstMs, meta: meta() });
    return written;
  } finally {
    store.close();
  }
}
