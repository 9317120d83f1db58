/** One open history.db: rows in, nothing else. Every function may throw SQLite's errors; history.ts answers them. */

import { Database, type Statement } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { NsomemError } from "../core/errors.ts";
import type { HistoryEvent, Run, Tick } from "../core/recording.ts";
import { createTables, processIdSpan, schemaVersion } from "./schema.ts";

type Prepare = (sql: string) => Statement;

export interface Store {
  readonly db: Database;
  /** All of it or nothing, in one transaction. */
  write(ticks: readonly Tick[], events: readonly HistoryEvent[]): void;
  writeRun(run: Run): void;
  close(): void;
}

/** Opens or makes the file, mode 0600. Throws NsomemError HISTORY_VERSION for a file of a later nsomem. */
export function openStore(path: string): Store {
  const db = new Database(path, { create: true, readwrite: true });
  try {
    chmodSync(path, 0o600);
    // A tick never waits for another writer (an import); it is queued and written with the next one.
    db.run("PRAGMA busy_timeout = 0");
    const found = (db.query("PRAGMA user_version").get() as { user_version: number }).user_version;
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

/** NaN is stored as NULL: a log that has one kind of memory alone. */
function storeOn(db: Database): Store {
  const statements: Statement[] = [];
  const prepare: Prepare = (sql) => {
    const statement = db.prepare(sql);
    statements.push(statement);
    return statement;
  };
  const begin = prepare("BEGIN IMMEDIATE");
  const commit = prepare("COMMIT");
  const insertTick = prepare("INSERT OR REPLACE INTO tick VALUES (?, ?, ?, ?, ?, ?)");
  const insertSample = prepare("INSERT OR REPLACE INTO sample VALUES (?, ?, ?)");
  const insertChildren = prepare("INSERT OR REPLACE INTO children VALUES (?, ?, ?, ?)");
  const insertEvent = prepare(
    "INSERT INTO event (at_ms, type, kind, level, text, incident_id) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const names = processNames(prepare);

  const writeTick = ({ host, processes }: Tick) => {
    insertTick.run(
      Math.round(host.atMs),
      host.memUsedKib,
      host.memTotalKib,
      host.committedKib,
      host.commitLimitKib,
      host.overcommitMode,
    );
    for (const sample of processes) {
      const id = names.idOf(sample.group, sample.name);
      if (id === undefined) continue;
      names.notePid(id, sample.pid, sample.atMs);
      const key = Math.round(sample.atMs) * processIdSpan + id;
      insertSample.run(key, sample.rssKib, sample.allocatedKib);
      if (sample.children.length === 0) continue;
      const sum = (value: (child: (typeof sample.children)[number]) => number) =>
        sample.children.reduce((total, child) => total + value(child), 0);
      insertChildren.run(
        key,
        sample.children.length,
        sum((child) => child.rssKib),
        sum((child) => child.allocatedKib),
      );
    }
  };

  const inTransaction = (work: () => void) => {
    begin.run();
    try {
      work();
      commit.run();
    } catch (error) {
      names.forget();
      // A full disk may have rolled back already.
      if (db.inTransaction) db.run("ROLLBACK");
      throw error;
    }
  };

  return {
    db,
    write: (ticks, events) =>
      inTransaction(() => {
        for (const tick of ticks) writeTick(tick);
        for (const event of events)
          insertEvent.run(
            Math.round(event.atMs),
            event.type,
            event.kind ?? null,
            event.level ?? null,
            event.text,
            event.incidentId ?? null,
          );
      }),
    writeRun: (run) =>
      inTransaction(() => {
        db.run("INSERT INTO run (started_ms, meta) VALUES (?, ?)", [
          Math.round(run.startedMs),
          JSON.stringify(run.meta),
        ]);
        for (const [key, value] of Object.entries(run.meta)) {
          if (value === undefined) continue;
          const text = typeof value === "object" ? JSON.stringify(value) : String(value);
          db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, text]);
        }
      }),
    close() {
      // SQLite keeps a connection with a live statement open, and with it the log and the locks.
      for (const statement of statements) statement.finalize();
      db.close();
    },
  };
}

/** Ids of (group, name), and the PID each had last. A cache: forgotten whenever a transaction fails. */
function processNames(prepare: Prepare) {
  const ids = new Map<string, number>();
  const pids = new Map<number, number>();
  const select = prepare("SELECT id FROM process WHERE grp = ? AND name = ?");
  const insert = prepare(
    `INSERT INTO process (grp, name) SELECT ?1, ?2 WHERE (SELECT count(*) FROM process) < ${processIdSpan - 1} RETURNING id`,
  );
  const insertPid = prepare("INSERT OR REPLACE INTO pid VALUES (?, ?, ?)");
  return {
    /** Undefined when the key has no room for another name: 2,047 names were seen in one file. */
    idOf(group: string, name: string): number | undefined {
      const cacheKey = `${group} ${name}`;
      const known = ids.get(cacheKey);
      if (known !== undefined) return known;
      const row = (select.get(group, name) ?? insert.get(group, name)) as { id: number } | null;
      if (row) ids.set(cacheKey, row.id);
      return row?.id;
    },
    notePid(id: number, pid: number, atMs: number): void {
      if (pids.get(id) === pid) return;
      insertPid.run(id, Math.round(atMs), pid);
      pids.set(id, pid);
    },
    forget(): void {
      ids.clear();
      pids.clear();
    },
  };
}
