import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { readHistory } from "../../src/record/read-history.ts";
import { holePace, pruneSlice } from "../../src/record/retention.ts";
import { fakeClock } from "../fake-clock.ts";
import { writeSampleHistory } from "../report/sample-history.ts";
import { day, inDirectory, openSample, startMs, tick } from "./sample-ticks.ts";

const mib = 1024 ** 2;
const timeAt = (nowMs: number, mayCrossHole = true) => ({ nowMs, mayCrossHole: () => mayCrossHole });

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
      pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, timeAt(startMs + day + 61_000));
      expect(oldest(db)).toBeGreaterThanOrEqual(startMs + 60_000);
      const { key } = db.query("SELECT min(key) AS key FROM sample").get() as { key: number };
      expect(key / 2048).toBeGreaterThanOrEqual(startMs + 60_000);
    }));

  test("what is as old as the age stays", () =>
    withHistory(300, (db) => {
      pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, timeAt(startMs + day));
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

describe("a clock that was set far forward", () => {
  test("makes nothing old faster than new history comes: each slice beyond the hole is asked for", () =>
    withHistory(600, (db) => {
      const jumped = startMs + 365 * day;
      let asked = 0;
      const mayCrossHole = () => asked++ === 0;
      // One call may have no time for a second slice.
      for (let call = 0; call < 3; call++)
        pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, { nowMs: jumped, mayCrossHole });
      expect(asked).toBeGreaterThan(1);
      expect(oldest(db)).toBeGreaterThanOrEqual(startMs + 60_000);
      expect(oldest(db)).toBeLessThan(startMs + 62_000);
    }));

  test("one slice a minute may go", () => {
    const clock = fakeClock();
    const mayCross = holePace(clock.monotonicMs);
    expect(mayCross()).toBe(false);
    clock.set(365 * day);
    expect(mayCross()).toBe(false);
    clock.pass(60_000);
    expect([mayCross(), mayCross()]).toEqual([true, false]);
  });

  test("history without a hole at the age goes at once, as where the age was shortened", () =>
    withHistory(7200, (db) => {
      const time = { nowMs: startMs + 7_200_000, mayCrossHole: () => expect.unreachable() };
      while (pruneSlice(db, { ageMs: 3_600_000, bytesMax: 1e12 }, time));
      expect(oldest(db)).toBeGreaterThan(startMs + 3_400_000);
    }));

  test("and back again: in a full file, what it recorded meanwhile goes before what is recorded now", () =>
    withHistory(20_000, (db) => {
      const nowMs = startMs - 30 * day;
      db.run("INSERT INTO tick VALUES (?, 1, 1, 1, 1, 0)", [nowMs - 1000]);
      while (pruneSlice(db, { ageMs: 14 * day, bytesMax: 2 * mib }, timeAt(nowMs)));
      expect(oldest(db)).toBe(nowMs - 1000);
      const { newest, ticks } = db
        .query("SELECT max(at_ms) AS newest, count(*) AS ticks FROM tick")
        .get() as {
        newest: number;
        ticks: number;
      };
      expect(newest).toBeLessThan(startMs + 19_000_000);
      expect(ticks).toBeGreaterThan(1000);
    }));
});

describe("by size", () => {
  test("a file that is too full loses its oldest and is made shorter", () =>
    withHistory(20_000, (db, path) => {
      const bytesMax = 2 * mib;
      const nowMs = startMs + 20_000_000;
      while (pruneSlice(db, { ageMs: 14 * day, bytesMax }, timeAt(nowMs)));
      db.run("PRAGMA wal_checkpoint(TRUNCATE)");
      expect(statSync(path).size).toBeLessThanOrEqual(bytesMax);
      expect(statSync(path).size).toBeGreaterThan(bytesMax / 2);
      const { at } = db.query("SELECT max(at_ms) AS at FROM tick").get() as { at: number };
      expect(at).toBeGreaterThanOrEqual(startMs + 19_999_000);
    }));

  test("a file that is not too full is left alone", () =>
    withHistory(600, (db) => {
      expect(pruneSlice(db, { ageMs: 14 * day, bytesMax: 50 * mib }, timeAt(startMs + 600_000))).toBe(false);
      expect(oldest(db)).toBeLessThan(startMs + 10);
    }));
});

test("a backlog of hours goes in slices until it is gone", () =>
  withHistory(20_000, (db) => {
    db.run("PRAGMA synchronous = OFF");
    let slices = 1;
    while (pruneSlice(db, { ageMs: day, bytesMax: 1e12 }, timeAt(startMs + 3 * day))) slices++;
    expect(slices).toBeGreaterThan(5);
    expect(db.query("SELECT count(*) AS ticks FROM tick").get()).toEqual({ ticks: 0 });
  }));
