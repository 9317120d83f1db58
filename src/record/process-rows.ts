/** The samples of all processes in a window, a series each. */

import type { Database } from "bun:sqlite";
import { type ProcessGroup, processGroups } from "../core/reading.ts";
import type { ChildrenPeak, ProcessSeries } from "../core/recording.ts";
import { type Columns, growingColumns, type RowOf } from "./columns.ts";
import { processIdSpan, sampleKeys } from "./schema.ts";
import { processColumns } from "./series-columns.ts";
import { arraysOf, onlyRow } from "./sql.ts";
import { stretchFor, type Thinner, thinner } from "./thinner.ts";

/** 24 bytes each, so 120 MB: a week of 8 processes. Beyond that rows are thinned; whole, two weeks took 1.3 GB. */
const rowsMax = 5_000_000;
/** Rows are arrays until they are taken: 100 MB of a million. Collecting them takes some 10 ms. */
const rowsACollection = 400_000;
const watched = ["rssKib", "allocatedKib"] as const;
const stepMs = 300_000;

type Names = typeof processColumns;

/** Core first, then the JavaVM, then Python VMs by name. */
export function readProcesses(
  db: Database,
  sinceMs: number,
  untilMs: number,
): { processes: ProcessSeries[]; thinnedMs?: number } {
  const [from, to] = sampleKeys(sinceMs, untilMs);
  const bounds = onlyRow(
    db.query<{ count: number; first: number | null; last: number | null }, [from: number, to: number]>(
      "SELECT count(*) AS count, min(key) AS first, max(key) AS last FROM sample WHERE key >= ? AND key < ?",
    ),
    from,
    to,
  );
  if (bounds.first === null || bounds.last === null) return { processes: [] };
  const names = readNames(db);
  const stretchMs = stretchFor(bounds.count, (bounds.last - bounds.first) / processIdSpan, {
    rowsMax,
    keptAStretch: 2 * watched.length * names.size,
  });
  const readers = new Map<number, { columns: Columns<Names>; rows: Thinner<Names> | Columns<Names> }>();
  forEachSample(db, bounds.first, to, (id, row) => {
    let reader = readers.get(id);
    if (!reader) {
      const columns = growingColumns(processColumns);
      reader = { columns, rows: stretchMs > 0 ? thinner(columns, stretchMs, watched) : columns };
      readers.set(id, reader);
    }
    reader.rows.push(row);
  });
  const pids = readPids(db, untilMs);
  const children = readChildren(db, from, to);
  const series: ProcessSeries[] = [];
  for (const [id, { columns, rows }] of readers) {
    if ("flush" in rows) rows.flush();
    const named = names.get(id);
    const table = columns.finish();
    const [firstMs] = table.atMs;
    if (!named || firstMs === undefined) continue;
    const known = pidsWithin(pids.get(id) ?? [], firstMs);
    series.push({ ...named, pids: known, ...table, childrenPeak: children.get(id) });
  }
  const rank = (one: ProcessSeries) => processGroups.indexOf(one.group);
  series.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return { processes: series, ...(stretchMs > 0 ? { thinnedMs: stretchMs } : {}) };
}

/** As SQLite gives it, the time and the process still in one key. */
type SampleRow = [key: number, rssKib: number | null, allocatedKib: number | null];

function forEachSample(
  db: Database,
  firstKey: number,
  endKey: number,
  take: (id: number, row: RowOf<Names>) => void,
): void {
  const select = db.prepare<SampleRow, [from: number, to: number]>(
    "SELECT key, rss_kib, allocated_kib FROM sample WHERE key >= ? AND key < ? ORDER BY key",
  );
  const next = db.prepare<{ key: number | null }, [from: number, to: number]>(
    "SELECT min(key) AS key FROM sample WHERE key >= ? AND key < ?",
  );
  let from: number | null = firstKey;
  let rows = 0;
  while (from !== null) {
    const to: number = Math.min(from + stepMs * processIdSpan, endKey);
    for (const row of arraysOf(select, from, to)) {
      const [key] = row;
      const id = key % processIdSpan;
      // SQLite's own row, its key turned into the time: 3.6 million of them are not copied.
      row[0] = (key - id) / processIdSpan;
      take(id, row);
      rows++;
    }
    if (rows > rowsACollection) {
      rows = 0;
      Bun.gc(true);
    }
    from = onlyRow(next, to, endKey).key;
  }
  select.finalize();
  next.finalize();
}

function readNames(db: Database): Map<number, { group: ProcessGroup; name: string }> {
  const rows = db
    .query<{ id: number; grp: ProcessGroup; name: string }, []>("SELECT id, grp, name FROM process")
    .all();
  return new Map(rows.map(({ id, grp, name }) => [id, { group: grp, name }]));
}

interface PidSince {
  sinceMs: number;
  pid: number;
}

function readPids(db: Database, untilMs: number): Map<number, PidSince[]> {
  const rows = db
    .query<PidSince & { id: number }, [untilMs: number]>(
      `SELECT process_id AS id, since_ms AS sinceMs, pid
       FROM pid WHERE since_ms < ? ORDER BY process_id, since_ms`,
    )
    .all(untilMs);
  const pids = new Map<number, PidSince[]>();
  for (const { id, sinceMs, pid } of rows) pids.set(id, [...(pids.get(id) ?? []), { sinceMs, pid }]);
  return pids;
}

/** The PIDs that the process had from `firstMs` on, oldest first. */
function pidsWithin(pids: readonly PidSince[], firstMs: number): number[] {
  const current = pids.findLastIndex(({ sinceMs }) => sinceMs <= firstMs);
  return [...new Set(pids.slice(Math.max(0, current)).map(({ pid }) => pid))];
}

/** Per process, the moment when its children held most RSS. */
function readChildren(db: Database, from: number, to: number): Map<number, ChildrenPeak> {
  const rows = db
    .query<ChildrenPeak & { id: number }, [from: number, to: number]>(
      `SELECT key % ${processIdSpan} AS id, key / ${processIdSpan} AS atMs, count,
              max(rss_kib) AS rssKib, allocated_kib AS allocatedKib
       FROM children WHERE key >= ? AND key < ? GROUP BY key % ${processIdSpan}`,
    )
    .all(from, to);
  return new Map(rows.map(({ id, ...peak }) => [id, peak]));
}
