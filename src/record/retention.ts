/** What is too old or too much, removed a little at a time so that no tick waits for it. */

import type { Database } from "bun:sqlite";
import { sampleKeys } from "./schema.ts";

export interface Retention {
  ageMs: number;
  bytesMax: number;
}

/** A minute of 10 processes is 660 rows, about 1 ms. */
const sliceMs = 60_000;
const budgetMs = 5;

/**
 * Removes the oldest minutes while they are older than `ageMs` or the file is fuller than `bytesMax`, for at most
 * 5 ms and one slice. Returns true when there is more to remove.
 */
export function pruneSlice(db: Database, retention: Retention, nowMs: number): boolean {
  const startedAt = performance.now();
  do {
    const oldest = oldestMs(db);
    if (oldest === undefined) return false;
    const tooOld = oldest < nowMs - retention.ageMs - sliceMs;
    if (!tooOld && usedBytes(db) <= retention.bytesMax) return giveBack(db, retention);
    // Never the tick just written, and with gaps not a minute of nothing.
    const untilMs = Math.min(oldest + sliceMs, nowMs - 1);
    if (untilMs <= oldest) return false;
    removeBefore(db, untilMs);
  } while (performance.now() - startedAt < budgetMs);
  return true;
}

function removeBefore(db: Database, untilMs: number): void {
  const [, key] = sampleKeys(0, untilMs);
  db.transaction(() => {
    db.query("DELETE FROM tick WHERE at_ms < ?").run(untilMs);
    db.query("DELETE FROM sample WHERE key < ?").run(key);
    db.query("DELETE FROM children WHERE key < ?").run(key);
    db.query("DELETE FROM event WHERE at_ms < ?").run(untilMs);
    // The run that the oldest remaining tick belongs to stays: its meta describes that tick.
    db.query(
      "DELETE FROM run WHERE started_ms < (SELECT max(started_ms) FROM run WHERE started_ms <= ?1)",
    ).run(untilMs);
  }).immediate();
}

function oldestMs(db: Database): number | undefined {
  const row = db
    .query(
      `SELECT min(at) AS at FROM (SELECT min(at_ms) AS at FROM tick
         UNION ALL SELECT min(at_ms) FROM event)`,
    )
    .get() as { at: number | null };
  return row.at ?? undefined;
}

/** Pages in use, without the free ones inside the file. */
function usedBytes(db: Database): number {
  return (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size");
}

/** Shortens a file that is longer than it may be, 32 pages at a time. */
function giveBack(db: Database, retention: Retention): boolean {
  if (pragma(db, "page_count") * pragma(db, "page_size") <= retention.bytesMax) return false;
  if (pragma(db, "freelist_count") === 0) return false;
  db.run("PRAGMA incremental_vacuum(32)");
  return true;
}

function pragma(db: Database, name: "page_count" | "freelist_count" | "page_size"): number {
  const row = db.query(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}
