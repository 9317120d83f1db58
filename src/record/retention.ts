/** What is too old or too much, removed a little at a time so that no tick waits for it. */

import type { Database } from "bun:sqlite";
import { sampleKeys } from "./schema.ts";
import { onlyRow } from "./sql.ts";

export interface Retention {
  ageMs: number;
  bytesMax: number;
}

/** A minute of 10 processes is 660 rows, about 1 ms. */
const sliceMs = 60_000;
const budgetMs = 5;

/** Recorded at most so far apart, two ticks are of one stretch. */
const holeMs = 3_600_000;
/** A clock may be off by a zone; what is later still was recorded while it was wrong. */
const futureMs = 86_400_000;

/** The time of day, and whether one slice may go that only a jump of it may have made old. */
export interface PruneTime {
  nowMs: number;
  mayCrossHole: () => boolean;
}

/**
 * Removes the oldest minutes while they are older than `ageMs` or the file is fuller than `bytesMax`, for at most
 * 5 ms and one slice. Returns true when there is more to remove. Where nothing was recorded around the time that is
 * `ageMs` ago, all that is before may have become old at once, by a clock that was set: each slice of it is asked for.
 */
export function pruneSlice(db: Database, retention: Retention, { nowMs, mayCrossHole }: PruneTime): boolean {
  const startedAt = performance.now();
  do {
    const oldest = oldestMs(db);
    if (oldest === undefined) return false;
    const oldMs = nowMs - retention.ageMs - sliceMs;
    const tooOld = oldest < oldMs && (!isHoleAt(db, oldMs) || mayCrossHole());
    if (!tooOld && usedBytes(db) <= retention.bytesMax) return giveBack(db, retention);
    if (!tooOld && removeFuture(db, nowMs + futureMs)) continue;
    // Never the tick just written, and with gaps not a minute of nothing.
    const untilMs = Math.min(oldest + sliceMs, nowMs - 1);
    if (untilMs <= oldest) return false;
    removeBefore(db, untilMs);
  } while (performance.now() - startedAt < budgetMs);
  return true;
}

/** One slice in a minute: history that a jump made old goes no faster than new history comes. */
export function holePace(monotonicMs: () => number): () => boolean {
  let crossedMs = monotonicMs();
  return () => {
    if (monotonicMs() - crossedMs < sliceMs) return false;
    crossedMs = monotonicMs();
    return true;
  };
}

function isHoleAt(db: Database, atMs: number): boolean {
  const edge = (sql: string) => onlyRow(db.query<{ at: number | null }, [number]>(sql), atMs).at;
  const before = edge("SELECT max(at_ms) AS at FROM tick WHERE at_ms < ?");
  const after = edge("SELECT min(at_ms) AS at FROM tick WHERE at_ms >= ?");
  return before !== null && (after === null || after - before > holeMs);
}

/** The last slice of what is later than `limitMs`: it would keep what is recorded now out of a full file. */
function removeFuture(db: Database, limitMs: number): boolean {
  const newest = onlyRow(db.query<{ at: number | null }, []>("SELECT max(at_ms) AS at FROM tick")).at;
  if (newest === null || newest <= limitMs) return false;
  const fromMs = Math.max(limitMs, newest - sliceMs);
  const [key] = sampleKeys(fromMs, newest);
  db.transaction(() => removeRows(db, { at: ["at_ms > ?", fromMs], key: ["key >= ?", key] })).immediate();
  return true;
}

/** What is recorded, in every table of it: by its time, or by a sample's key. */
function removeRows(db: Database, range: Record<"at" | "key", [condition: string, value: number]>): void {
  for (const [table, by] of recordedIn) {
    const [condition, value] = range[by];
    db.query<never, [number]>(`DELETE FROM ${table} WHERE ${condition}`).run(value);
  }
}

const recordedIn = [
  ["tick", "at"],
  ["binding", "at"],
  ["sample", "key"],
  ["children", "key"],
  ["event", "at"],
] as const;

function removeBefore(db: Database, untilMs: number): void {
  const [, key] = sampleKeys(0, untilMs);
  db.transaction(() => {
    removeRows(db, { at: ["at_ms < ?", untilMs], key: ["key < ?", key] });
    // The run that the oldest remaining tick belongs to stays: its meta describes that tick.
    db.query<never, [number]>(
      "DELETE FROM run WHERE started_ms < (SELECT max(started_ms) FROM run WHERE started_ms <= ?1)",
    ).run(untilMs);
  }).immediate();
}

function oldestMs(db: Database): number | undefined {
  const query = db.query<{ at: number | null }, []>(
    `SELECT min(at) AS at FROM (SELECT min(at_ms) AS at FROM tick
       UNION ALL SELECT min(at_ms) FROM event)`,
  );
  return onlyRow(query).at ?? undefined;
}

/** Pages in use, without the free ones inside the file. */
function usedBytes(db: Database): number {
  return (pageCount(db) - freePages(db)) * pageBytes(db);
}

/** Shortens a file that is longer than it may be, 32 pages at a time. */
function giveBack(db: Database, retention: Retention): boolean {
  if (pageCount(db) * pageBytes(db) <= retention.bytesMax) return false;
  if (freePages(db) === 0) return false;
  db.run("PRAGMA incremental_vacuum(32)");
  return true;
}

function pageCount(db: Database): number {
  return onlyRow(db.query<{ page_count: number }, []>("PRAGMA page_count")).page_count;
}

function freePages(db: Database): number {
  return onlyRow(db.query<{ freelist_count: number }, []>("PRAGMA freelist_count")).freelist_count;
}

function pageBytes(db: Database): number {
  return onlyRow(db.query<{ page_size: number }, []>("PRAGMA page_size")).page_size;
}
