/**
 * The history by columns of a terminal, in bounded queries: an agent writes the same file, and a week of it is a million
 * rows. A column that lies in the past does not change, and is read once.
 */

import type { Database } from "bun:sqlite";
import { byGroup, type ProcessGroup } from "../core/group.ts";
import type { Level } from "../core/level.ts";
import type { MemoryKind } from "../core/reading.ts";
import type { EventType, HistoryEvent } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import type { StripCell, Strips } from "../core/strips.ts";
import { withHistory } from "./read-only.ts";
import { processIdSpan, sampleKeys } from "./schema.ts";

export interface StripWindow {
  /** Ends of columns are at multiples of `columnMs`. */
  untilMs: number;
  columnMs: number;
  columns: number;
}

export interface StripReader {
  /** Throws as `withHistory` does. */
  read(window: StripWindow): Strips;
}

/** Of one column at most so many rows are looked at: half an hour at 1 Hz, or 40 s at 50 Hz. */
const rowsMax = 2000;
/** Processes are looked at once a second: the last look of a column. */
const lookMs = 2500;
const eventsMax = 20;
const eventLengthMax = 400;
/** Of columns that are kept: some screens full. */
const columnsKept = 2000;

interface Column {
  physical: StripCell | undefined;
  allocated: StripCell | undefined;
  rssKib: Map<number, number>;
}

export function stripReader(path: string): StripReader {
  const kept = new Map<string, Column>();
  return {
    read: ({ untilMs, columnMs, columns }) =>
      withHistory(path, (db) => {
        const readColumn = columnReader(db);
        const lastMs = newestMs(db);
        const fromMs = untilMs - columns * columnMs;
        const all = Array.from({ length: columns }, (_, index) => {
          const beginMs = fromMs + index * columnMs;
          const key = `${columnMs} ${beginMs}`;
          const known = kept.get(key);
          if (known) return known;
          const column = readColumn(beginMs, beginMs + columnMs);
          // What was measured in its last moment may still be on its way.
          if (beginMs + columnMs < lastMs - lookMs) keep(kept, key, column);
          return column;
        });
        return {
          ...{ fromMs, untilMs },
          physical: all.map(({ physical }) => physical),
          allocated: all.map(({ allocated }) => allocated),
          processes: processStrips(db, all),
          events: readEvents(db, fromMs, untilMs),
        };
      }),
  };
}

function keep(kept: Map<string, Column>, key: string, column: Column): void {
  const [oldest] = kept.keys();
  if (kept.size >= columnsKept && oldest !== undefined) kept.delete(oldest);
  kept.set(key, column);
}

function newestMs(db: Database): number {
  const row = db.query<{ at: number | null }, []>("SELECT max(at_ms) AS at FROM tick").get();
  return row?.at ?? 0;
}

type FromTo = [from: number, to: number];

function columnReader(db: Database): (fromMs: number, toMs: number) => Column {
  // A file of an older version has no such table before it is opened to be written.
  const hasBinding = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'binding'").get() !== null;
  const most = (table: string, used: string, limit: string) =>
    db.query<{ usedKib: number | null; limitKib: number | null }, FromTo>(
      `SELECT max(${used}) AS usedKib, ${limit} AS limitKib FROM
         (SELECT ${used}, ${limit} FROM ${table} WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT ${rowsMax})`,
    );
  const binding = hasBinding ? most("binding", "used_kib", "limit_kib") : undefined;
  const host = most("tick", "mem_used_kib", "mem_total_kib");
  const commit = most("tick", "committed_kib", "commit_limit_kib");
  const looks = db.query<{ key: number; rss: number | null }, FromTo>(
    `SELECT key, rss_kib AS rss FROM sample WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ${rowsMax}`,
  );
  return (fromMs, toMs) => {
    const rssKib = new Map<number, number>();
    for (const { key, rss } of looks.all(...sampleKeys(Math.max(fromMs, toMs - lookMs), toMs))) {
      const id = key % processIdSpan;
      if (rss !== null && !rssKib.has(id)) rssKib.set(id, rss);
    }
    return {
      // A cgroup bound where it is recorded.
      physical: cellOf(binding?.get(fromMs, toMs)) ?? cellOf(host.get(fromMs, toMs)),
      allocated: cellOf(commit.get(fromMs, toMs)),
      rssKib,
    };
  };
}

function cellOf(
  row: { usedKib: number | null; limitKib: number | null } | null | undefined,
): StripCell | undefined {
  if (!row || row.usedKib === null || row.limitKib === null || row.limitKib <= 0) return undefined;
  return { usedKib: row.usedKib, limitKib: row.limitKib };
}

function processStrips(db: Database, columns: readonly Column[]): Strips["processes"] {
  const ids = new Set(columns.flatMap(({ rssKib }) => [...rssKib.keys()]));
  const names = db
    .query<{ id: number; grp: ProcessGroup; name: string }, []>("SELECT id, grp, name FROM process")
    .all();
  return names
    .filter(({ id }) => ids.has(id))
    .map(({ id, grp, name }) => ({
      group: grp,
      name: shown(name),
      rssKib: columns.map(({ rssKib }) => rssKib.get(id)),
    }))
    .sort((a, b) => byGroup(a, b) || a.name.localeCompare(b.name));
}

interface EventRow {
  atMs: number;
  type: EventType;
  kind: MemoryKind | null;
  level: Level | null;
  text: string;
}

function readEvents(db: Database, fromMs: number, untilMs: number): HistoryEvent[] {
  return db
    .query<EventRow, FromTo>(
      `SELECT at_ms AS atMs, type, kind, level, text FROM event
       WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT ${eventsMax}`,
    )
    .all(fromMs, untilMs)
    .reverse()
    .map(({ kind, level, text, ...row }) => ({
      ...row,
      text: shown(text, eventLengthMax),
      kind: kind ?? undefined,
      level: level ?? undefined,
    }));
}
