/** The samples of all processes in a window, a series each. */

import type { Database } from "bun:sqlite";
import { byGroup, type ProcessGroup } from "../core/group.ts";
import type { ChildrenPeak, ProcessSeries } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { readSamples, watched } from "./sample-rows.ts";
import { processIdSpan, sampleKeys } from "./schema.ts";
import { onlyRow } from "./sql.ts";
import { stretchFor } from "./thinner.ts";

/** 24 bytes each, so 120 MB: a week of 8 processes. Beyond that rows are thinned; whole, two weeks took 1.3 GB. */
const rowsMax = 5_000_000;

/** Keys, as schema.ts makes them of times. */
type FromTo = [from: number, to: number];

/** In the order of their groups, by name within one; of so many ms the lowest and the highest alone, 0: all. */
export interface ProcessesRead {
  processes: ProcessSeries[];
  thinnedMs: number;
}

export function readProcesses(db: Database, sinceMs: number, untilMs: number): ProcessesRead {
  const [from, to] = sampleKeys(sinceMs, untilMs);
  const bounds = onlyRow(
    db.query<{ count: number; first: number | null; last: number | null }, FromTo>(
      "SELECT count(*) AS count, min(key) AS first, max(key) AS last FROM sample WHERE key >= ? AND key < ?",
    ),
    from,
    to,
  );
  if (bounds.first === null || bounds.last === null) return { processes: [], thinnedMs: 0 };
  const names = readNames(db);
  const stretchMs = stretchFor(bounds.count, (bounds.last - bounds.first) / processIdSpan, {
    rowsMax,
    keptAStretch: 2 * watched.length * names.size,
  });
  const tables = readSamples(db, { firstKey: bounds.first, endKey: to, stretchMs });
  const pids = readPids(db, untilMs);
  const children = readChildren(db, from, to);
  const processes: ProcessSeries[] = [];
  for (const [id, table] of tables) {
    const named = names.get(id);
    const [firstMs] = table.atMs;
    if (!named || firstMs === undefined) continue;
    const lives = livesWithin(pids.get(id) ?? [], firstMs);
    processes.push({
      ...named,
      pids: [...new Set(lives.map(({ pid }) => pid))],
      livesFromMs: lives.map((life) => life.sinceMs),
      ...table,
      childrenPeak: children.get(id),
    });
  }
  processes.sort((a, b) => byGroup(a, b) || a.name.localeCompare(b.name));
  return { processes, thinnedMs: stretchMs };
}

function readNames(db: Database): Map<number, { group: ProcessGroup; name: string }> {
  const rows = db
    .query<{ id: number; grp: ProcessGroup; name: string }, []>("SELECT id, grp, name FROM process")
    .all();
  return new Map(rows.map(({ id, grp, name }) => [id, { group: grp, name: shown(name) }]));
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
function livesWithin(pids: readonly PidSince[], firstMs: number): PidSince[] {
  const current = pids.findLastIndex(({ sinceMs }) => sinceMs <= firstMs);
  return pids.slice(Math.max(0, current));
}

/** Per process, the moment when its children held most RSS. */
function readChildren(db: Database, from: number, to: number): Map<number, ChildrenPeak> {
  const rows = db
    .query<ChildrenPeak & { id: number }, FromTo>(
      `SELECT key % ${processIdSpan} AS id, key / ${processIdSpan} AS atMs, count,
              max(rss_kib) AS rssKib, allocated_kib AS allocatedKib
       FROM children WHERE key >= ? AND key < ? GROUP BY key % ${processIdSpan}`,
    )
    .all(from, to);
  return new Map(rows.map(({ id, ...peak }) => [id, peak]));
}
