/** The tables of history.db. Readable with `sqlite3 history.db`: the views carry names and units. */

import type { Database } from "bun:sqlite";

export const schemaVersion = 1;

/** A sample's key is its time and its process in one integer: 21 MB a day instead of 23.5 as two columns. */
export const processIdSpan = 2048;

/** The key range of samples taken from `sinceMs` up to but not at `untilMs`. */
export function sampleKeys(sinceMs: number, untilMs: number): [from: number, to: number] {
  return [Math.ceil(sinceMs) * processIdSpan, Math.ceil(untilMs) * processIdSpan];
}

/** Makes the tables in an empty database. Pages are 4 KiB; freed ones can be given back in slices. */
export function createTables(db: Database): void {
  db.run("PRAGMA auto_vacuum = INCREMENTAL");
  db.run("PRAGMA journal_mode = WAL");
  db.transaction(() => {
    for (const statement of statements) db.run(statement);
    db.run(`PRAGMA user_version = ${schemaVersion}`);
  }).immediate();
}

const statements = [
  `CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL, meta TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS tick (
     at_ms INTEGER PRIMARY KEY, mem_used_kib INTEGER, mem_total_kib INTEGER,
     committed_kib INTEGER, commit_limit_kib INTEGER, overcommit_mode INTEGER)`,
  // A file of an older version gains these two when it is opened to be written, and older versions pass them over.
  `CREATE TABLE IF NOT EXISTS ceiling (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
  `CREATE TABLE IF NOT EXISTS binding (
     at_ms INTEGER PRIMARY KEY, ceiling_id INTEGER, used_kib INTEGER, limit_kib INTEGER)`,
  `CREATE TABLE IF NOT EXISTS process (
     id INTEGER PRIMARY KEY, grp TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (grp, name))`,
  `CREATE TABLE IF NOT EXISTS pid (
     process_id INTEGER, since_ms INTEGER, pid INTEGER, PRIMARY KEY (process_id, since_ms)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS sample (key INTEGER PRIMARY KEY, rss_kib INTEGER, allocated_kib INTEGER)`,
  `CREATE TABLE IF NOT EXISTS children (
     key INTEGER PRIMARY KEY, count INTEGER, rss_kib INTEGER, allocated_kib INTEGER)`,
  `CREATE TABLE IF NOT EXISTS event (
     id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, type TEXT NOT NULL, kind TEXT, level TEXT,
     text TEXT NOT NULL, incident_id TEXT)`,
  `CREATE INDEX IF NOT EXISTS event_at ON event (at_ms)`,
  `CREATE VIEW IF NOT EXISTS process_samples AS
     SELECT sample.key / ${processIdSpan} AS at_ms,
            strftime('%Y-%m-%dT%H:%M:%fZ', sample.key / ${processIdSpan} / 1000.0, 'unixepoch') AS at,
            grp, name, sample.rss_kib, sample.allocated_kib, children.count AS children
     FROM sample JOIN process ON process.id = sample.key % ${processIdSpan} LEFT JOIN children USING (key)`,
  `CREATE VIEW IF NOT EXISTS binding_samples AS
     SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, name, used_kib, limit_kib
     FROM binding JOIN ceiling ON ceiling.id = ceiling_id`,
  `CREATE VIEW IF NOT EXISTS host_samples AS
     SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at, * FROM tick`,
];
