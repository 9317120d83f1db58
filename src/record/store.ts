/** One open history.db: rows in, nothing else. Every function may throw SQLite's errors; history.ts answers them. */

import { Database } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { NsomemError } from "../core/errors.ts";
import type { HistoryEvent, Run, Tick } from "../core/recording.ts";
import { checkDatabase } from "./database-file.ts";
import { createTables, schemaVersion } from "./schema.ts";
import { type Keep, onlyRow, statementKeeper } from "./sql.ts";
import { tickWriter } from "./tick-writer.ts";

export interface Store {
  readonly db: Database;
  /** All of it or nothing, in one transaction. */
  write(ticks: readonly Tick[], events: readonly HistoryEvent[]): void;
  writeRun(run: Run): void;
  close(): void;
}

/**
 * Opens or makes the file, mode 0600. Throws NsomemError HISTORY_VERSION for a file of a later nsomem, and as
 * `checkDatabase` for one that is not this user's alone.
 */
export function openStore(path: string): Store {
  checkDatabase(path);
  const db = new Database(path, { create: true, readwrite: true });
  try {
    chmodSync(path, 0o600);
    // A tick never waits for another writer (an import); it is queued and written with the next one.
    db.run("PRAGMA busy_timeout = 0");
    const found = onlyRow(db.query<{ user_version: number }, []>("PRAGMA user_version")).user_version;
    if (found > schemaVersion)
      throw new NsomemError(
        "HISTORY_VERSION",
        `${path} was written by a later nsomem (its schema is ${found}, this one's ${schemaVersion})`,
      );
    createTables(db);
    // No fsync on the agent's only thread: checkpoint.ts syncs in the thread pool, in the order WAL needs.
    db.run("PRAGMA synchronous = OFF");
    db.run("PRAGMA wal_autocheckpoint = 0");
    db.run("PRAGMA cache_size = -1024");
    return storeOn(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOn(db: Database): Store {
  const { keep, finalizeAll } = statementKeeper();
  const begin = keep(db.prepare<never, []>("BEGIN IMMEDIATE"));
  const commit = keep(db.prepare<never, []>("COMMIT"));
  const ticks = tickWriter(db, keep);
  const writeEvent = eventWriter(db, keep);

  const inTransaction = (work: () => void) => {
    begin.run();
    try {
      work();
      commit.run();
    } catch (error) {
      ticks.forget();
      // A full disk may have rolled back already.
      if (db.inTransaction) db.run("ROLLBACK");
      throw error;
    }
  };

  return {
    db,
    write: (newTicks, newEvents) =>
      inTransaction(() => {
        ticks.write(newTicks);
        for (const event of newEvents) writeEvent(event);
      }),
    writeRun: (run) => inTransaction(() => writeRun(db, run)),
    close() {
      finalizeAll();
      db.close();
    },
  };
}

type EventRow = [
  atMs: number,
  type: string,
  kind: string | null,
  level: string | null,
  text: string,
  incidentId: string | null,
];

function eventWriter(db: Database, keep: Keep): (event: HistoryEvent) => void {
  const insert = keep(
    db.prepare<never, EventRow>(
      "INSERT INTO event (at_ms, type, kind, level, text, incident_id) VALUES (?, ?, ?, ?, ?, ?)",
    ),
  );
  return ({ atMs, type, kind = null, level = null, text, incidentId = null }) =>
    insert.run(Math.round(atMs), type, kind, level, text, incidentId);
}

function writeRun(db: Database, { startedMs, meta }: Run): void {
  db.run("INSERT INTO run (started_ms, meta) VALUES (?, ?)", [Math.round(startedMs), JSON.stringify(meta)]);
  for (const [key, value] of Object.entries(meta)) {
    if (value === undefined) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, text]);
  }
}
