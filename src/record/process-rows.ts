/** The samples of all processes in a window, a series each. */

import type { Database } from "bun:sqlite";
import { byGroup, type ProcessGroup } from "../core/group.ts";
import type { ChildrenPeak, ProcessSeries } from "../core/recording.ts";
import { type Columns, growingColumns } from "./columns.ts";
import { processIdSpan, sampleKeys } from "./schema.ts";
import { stretchFor, type Thinner, thinner } from "./thinner.ts";

/** 24 bytes each, so 120 MB: a week of 8 processes. Beyond that rows are thinned; whole, two weeks took 1.3 GB. */
const rowsMax = 5_000_000;
/** Rows are arrays until they are taken: 100 MB of a million. Collecting them takes some 10 ms. */
const rowsACollection = 400_000;
/** Lowest and highest of RSS and of allocated memory. */
const watched = [1, 2];
const stepMs = 300_000;

/** In the order of their groups, by name within one. */
export function readProcesses(
  db: Database,
  sinceMs: number,
  untilMs: number,
): { processes: ProcessSeries[]; thinnedMs?: number } {
  const [from, to] = sampleKeys(sinceMs, untilMs);
  const bounds = db
    .query(
      "SELECT count(*) AS count, min(key) AS first, max(key) AS last FROM sample WHERE key >= ? AND key < ?",
    )
    .get(from, to) as { count: number; first: number | null; last: number | null };
  if (bounds.first === null || bounds.last === null) return { processes: [] };
  const readers = new Map<number, { columns: Columns; rows: Thinner | Columns }>();
  const names = readNames(db);
  const stretchMs = stretchFor(bounds.count, (bounds.last - bounds.first) / processIdSpan, {
    rowsMax,
    keptAStretch: 2 * watched.length * names.size,
  });
  forEachSample(db, bounds.first, to, (id, row) => {
    let reader = readers.get(id);
    if (!reader) {
      const columns = growingColumns(3);
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
    const [atMs, rssKib, allocatedKib] = columns.finish();
    if (!named || !atMs || !rssKib || !allocatedKib) continue;
    series.push({
      ...named,
      pids: pidsWithin(pids.get(id) ?? [], atMs[0] ?? 0),
      atMs,
      rssKib,
      allocatedKib,
      childrenPeak: children.get(id),
    });
  }
  series.sort((a, b) => byGroup(a, b) || a.name.localeCompare(b.name));
  return { processes: series, ...(stretchMs > 0 ? { thinnedMs: stretchMs } : {}) };
}

function forEachSample(
  db: Database,
  firstKey: number,
  endKey: number,
  take: (id: number, row: number[]) => void,
): void {
  const select = db.prepare(
    "SELECT key, rss_kib, allocated_kib FROM sample WHERE key >= ? AND key < ? ORDER BY key",
  );
  const next = db.prepare("SELECT min(key) FROM sample WHERE key >= ? AND key < ?");
  let from: number | null = firstKey;
  let rows = 0;
  while (from !== null) {
    const to: number = Math.min(from + stepMs * processIdSpan, endKey);
    for (const row of select.values(from, to) as number[][]) {
      const key = row[0] ?? 0;
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
    from = (next.values(to, endKey)[0]?.[0] as number | null | undefined) ?? null;
  }
  select.finalize();
  next.finalize();
}

function readNames(db: Database): Map<number, { group: ProcessGroup; name: string }> {
  const rows = db.query("SELECT id, grp, name FROM process").all() as {
    id: number;
    grp: ProcessGroup;
    name: string;
  }[];
  return new Map(rows.map(({ id, grp, name }) => [id, { group: grp, name }]));
}

interface PidSince {
  sinceMs: number;
  pid: number;
}

function readPids(db: Database, untilMs: number): Map<number, PidSince[]> {
  const rows = db
    .query("SELECT process_id, since_ms, pid FROM pid WHERE since_ms < ? ORDER BY process_id, since_ms")
    .values(untilMs) as number[][];
  const pids = new Map<number, PidSince[]>();
  for (const [id = 0, sinceMs = 0, pid = 0] of rows)
    pids.set(id, [...(pids.get(id) ?? []), { sinceMs, pid }]);
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
    .query(
      `SELECT key % ${processIdSpan}, key / ${processIdSpan}, count, max(rss_kib), allocated_kib
       FROM children WHERE key >= ? AND key < ? GROUP BY key % ${processIdSpan}`,
    )
    .values(from, to) as number[][];
  return new Map(
    rows.map(([id = 0, atMs = 0, count = 0, rssKib = 0, allocatedKib = 0]) => [
      id,
      { atMs, count, rssKib, allocatedKib },
    ]),
  );
}
