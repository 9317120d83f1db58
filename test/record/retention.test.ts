import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { readHistory } from "../../src/record/read-history.ts";
import { pruneSlice } from "../../src/record/retention.ts";
import { writeSampleHistory } from "../report/sample-history.ts";
import { day, inDirectory, openSample, startMs, tick } from "./sample-ticks.ts";

const mib = 1024 ** 2;

/** A database of `ticks` seconds from `startMs`, open for pruning. */
function withHistory(ticks: number, work: (db: Database, path: string) => void): Promise<void> {
  return inDirectory((dir) => {
    const path = join(dir, "history.db");
    writeSampleHistory(path, { startMs, ticks, vms: 2 });
    const db = new Database(path);
    try {
      work(db, path);
    } finally {
      db.close();
    }
  });
}

function oldest(db: Database): number {
  return (db.query("SELECT min(at_ms) AS at FROM tick").get() as { at: number }).at;
}

describe("by age", () => {
  test("what is a minute older than the age is removed", () =>
    withHistory(300, (db) => {
      pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, startMs + day + 61_000);
      expect(oldest(db)).toBeGreaterThanOrEqual(startMs + 60_000);
      const { key } = db.query("SELECT min(key) AS key FROM sample").get() as { key: number };
      expect(key / 2048).toBeGreaterThanOrEqual(startMs + 60_000);
    }));

  test("what is as old as the age stays", () =>
    withHistory(300, (db) => {
      pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, startMs + day);
      expect(oldest(db)).toBeLessThan(startMs + 10);
    }));

  test("events go with their ticks, and the run that describes what is left stays", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history, clock } = openSample(path, { retention: { ageMs: 60_000, bytesMax: 1e12 } });
      history.recordEvent({ atMs: startMs, type: "tool", text: "old" });
      for (let index = 0; index < 10; index++) {
        clock.nowMs = startMs + index * 60_000;
        history.recordTick(tick(clock.nowMs));
      }
      history.recordEvent({ atMs: clock.nowMs, type: "tool", text: "new" });
      history.close();
      const { events, runs, host } = readHistory(path, { sinceMs: 0 });
      expect(events.map(({ text }) => text)).toEqual(["new"]);
      expect(host.atMs[0]).toBeGreaterThanOrEqual(startMs + 7 * 60_000);
      expect(runs).toHaveLength(1);
    }));
});

describe("by size", () => {
  test("a file that is too full loses its oldest and is made shorter", () =>
    withHistory(20_000, (db, path) => {
      const bytesMax = 2 * mib;
      const nowMs = startMs + 20_000_000;
      while (pruneSlice(db, { ageMs: 14 * day, bytesMax }, nowMs));
      db.run("PRAGMA wal_checkpoint(TRUNCATE)");
      expect(statSync(path).size).toBeLessThanOrEqual(bytesMax);
      expect(statSync(path).size).toBeGreaterThan(bytesMax / 2);
      const { at } = db.query("SELECT max(at_ms) AS at FROM tick").get() as { at: number };
      expect(at).toBeGreaterThanOrEqual(startMs + 19_999_000);
    }));

  test("a file that is not too full is left alone", () =>
    withHistory(600, (db) => {
      expect(pruneSlice(db, { ageMs: 14 * day, bytesMax: 50 * mib }, startMs + 600_000)).toBe(false);
      expect(oldest(db)).toBeLessThan(startMs + 10);
    }));
});

test("no slice of a day's backlog stalls a tick by 50 ms", () =>
  withHistory(86_400, (db) => {
    db.run("PRAGMA synchronous = OFF");
    let longestMs = 0;
    let slices = 0;
    for (;;) {
      const startedAt = performance.now();
      const more = pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, startMs + 3 * day);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      slices++;
      if (!more || slices > 2000) break;
    }
    expect(slices).toBeGreaterThan(5);
    expect(longestMs).toBeLessThan(50);
  }));
