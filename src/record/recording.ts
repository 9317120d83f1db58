/** Reads what was recorded between two times, over a read-only connection, while the agent writes. */

import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import type { HistoryEvent, HostSeries, Recording, Run } from "../core/recording.ts";
import { growingColumns } from "./columns.ts";
import { hostSeries } from "./data-file.ts";
import { readProcesses } from "./process-rows.ts";
import { processIdSpan, schemaVersion } from "./schema.ts";
import { stretchFor, thinner } from "./thinner.ts";

/** Times in ms since 1970, `untilMs` not included. Absent: from the start of the last run, to the last tick. */
export interface Window {
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
}

/**
 * Everything recorded in the window, from one snapshot of the file. Throws NsomemError NO_HISTORY when there is no
 * file, HISTORY_DAMAGED when it cannot be read, HISTORY_VERSION when a later nsomem wrote it.
 */
export function readHistory(path: string, window: Window = {}): Recording {
  return reading(path, (db) => {
    db.run("BEGIN");
    return readWindow(db, window);
  });
}

function reading<T>(path: string, read: (db: Database) => T): T {
  if (!existsSync(path))
    throw new NsomemError(
      "NO_HISTORY",
      `no history at ${path}; an agent writes it ("nsomem start"), or "nsomem import" does`,
    );
  let db: Database | undefined;
  try {
    db = openReadOnly(path);
    return read(db);
  } catch (error) {
    if (error instanceof NsomemError) throw error;
    throw new NsomemError("HISTORY_DAMAGED", `cannot read ${path}: ${describeError(error)}`);
  } finally {
    db?.close();
  }
}

/** From the first to the last tick of the file, undefined when it has none. Throws as `readHistory` does. */
export function readExtent(path: string): { firstMs: number; lastMs: number } | undefined {
  return reading(path, (db) => {
    const { first, last } = db.query("SELECT min(at_ms) AS first, max(at_ms) AS last FROM tick").get() as {
      first: number | null;
      last: number | null;
    };
    return first === null || last === null ? undefined : { firstMs: first, lastMs: last };
  });
}

function openReadOnly(path: string): Database {
  let db = new Database(path, { readonly: true });
  try {
    db.query("SELECT 1 FROM sqlite_schema").get();
  } catch (error) {
    // A directory that may not be written has no place for the shared index; without a log none is needed.
    const unwritable = /^SQLITE_(READONLY|CANTOPEN)/.test(errnoOf(error) ?? "");
    if (!unwritable || existsSync(`${path}-wal`)) throw error;
    db.close();
    const uri = `file:${path.split("/").map(encodeURIComponent).join("/")}?immutable=1`;
    db = new Database(uri, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
  }
  const { user_version: found } = db.query("PRAGMA user_version").get() as { user_version: number };
  if (found === 0) throw new NsomemError("NO_HISTORY", `${path} holds no history yet`);
  if (found > schemaVersion)
    throw new NsomemError("HISTORY_VERSION", `${path} was written by a later nsomem; draw with that one`);
  return db;
}

function readWindow(db: Database, window: Window): Recording {
  const runs = readRuns(db);
  const sinceMs = window.sinceMs ?? runs.at(-1)?.startedMs ?? 0;
  const untilMs = window.untilMs ?? Math.max(sinceMs, lastMs(db)) + 1;
  const { host, thinnedMs: hostThinnedMs } = readHost(db, sinceMs, untilMs);
  const mode = db
    .query(
      "SELECT overcommit_mode AS mode FROM tick WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT 1",
    )
    .get(sinceMs, untilMs) as { mode: number | null } | null;
  const { processes, thinnedMs: processesThinnedMs } = readProcesses(db, sinceMs, untilMs);
  const thinnedMs = Math.max(hostThinnedMs ?? 0, processesThinnedMs ?? 0);
  return {
    sinceMs,
    untilMs,
    host,
    processes,
    events: readEvents(db, sinceMs, untilMs),
    runs: runsOf(runs, sinceMs, untilMs),
    overcommitMode: mode?.mode ?? undefined,
    ...(thinnedMs > 0 ? { thinnedMs } : {}),
  };
}

/** A sample may be some ms later than the tick it came with. */
function lastMs(db: Database): number {
  const { tick, key } = db
    .query("SELECT (SELECT max(at_ms) FROM tick) AS tick, (SELECT max(key) FROM sample) AS key")
    .get() as { tick: number | null; key: number | null };
  return Math.max(tick ?? 0, Math.floor((key ?? 0) / processIdSpan));
}

/** Rows are fetched by this much time, so that few of them are objects at once. */
const stepMs = 900_000;

/** Weeks at 1 Hz; the fast ticks of a critical day are more, and are thinned. */
const hostRowsMax = 1_500_000;
/** The limits too: that one changed must not be lost. */
const watched = [1, 2, 3, 4];

function readHost(db: Database, sinceMs: number, untilMs: number): { host: HostSeries; thinnedMs?: number } {
  const bounds = db
    .query(
      "SELECT count(*) AS count, min(at_ms) AS first, max(at_ms) AS last FROM tick WHERE at_ms >= ? AND at_ms < ?",
    )
    .get(sinceMs, untilMs) as { count: number; first: number | null; last: number | null };
  const columns = growingColumns(5);
  const stretchMs = stretchFor(bounds.count, (bounds.last ?? 0) - (bounds.first ?? 0), {
    rowsMax: hostRowsMax,
    keptAStretch: 2 * watched.length,
  });
  const rows = stretchMs > 0 ? thinner(columns, stretchMs, watched) : columns;
  const select = db.prepare(
    `SELECT at_ms, mem_used_kib, mem_total_kib, committed_kib, commit_limit_kib
     FROM tick WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms`,
  );
  const next = db.prepare("SELECT min(at_ms) FROM tick WHERE at_ms >= ? AND at_ms < ?");
  let from = bounds.first;
  while (from !== null) {
    const to: number = Math.min(from + stepMs, untilMs);
    for (const row of select.values(from, to) as number[][]) rows.push(row);
    // Over a gap of months in one step.
    from = (next.values(to, untilMs)[0]?.[0] as number | null | undefined) ?? null;
  }
  select.finalize();
  next.finalize();
  if ("flush" in rows) rows.flush();
  return { host: hostSeries(columns.finish()), ...(stretchMs > 0 ? { thinnedMs: stretchMs } : {}) };
}

function readEvents(db: Database, sinceMs: number, untilMs: number): HistoryEvent[] {
  const rows = db
    .query(
      `SELECT at_ms AS atMs, type, kind, level, text, incident_id AS incidentId
       FROM event WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, id`,
    )
    .all(sinceMs, untilMs) as (HistoryEvent & Record<"kind" | "level" | "incidentId", string | null>)[];
  return rows.map((row) => ({
    ...row,
    kind: row.kind ?? undefined,
    level: row.level ?? undefined,
    incidentId: row.incidentId ?? undefined,
  }));
}

/** All runs, oldest first; an imported one stands where its measurements begin. */
function readRuns(db: Database): Run[] {
  const rows = db.query("SELECT started_ms, meta FROM run ORDER BY started_ms, id").all() as {
    started_ms: number;
    meta: string;
  }[];
  return rows.map((row) => ({ startedMs: row.started_ms, meta: JSON.parse(row.meta) }));
}

/** The runs that may have written into the window: the last that began before it, and those that began in it. */
function runsOf(runs: readonly Run[], sinceMs: number, untilMs: number): Run[] {
  const before = runs.findLast((run) => run.startedMs <= sinceMs);
  const within = runs.filter((run) => run.startedMs > sinceMs && run.startedMs < untilMs);
  return before ? [before, ...within] : within;
}
