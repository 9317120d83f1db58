/** The limit of a cgroup that bound: recorded, read back, exported and replayed; and histories that know nothing of it. */

import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { cgroupCeiling } from "../../src/core/ceiling-name.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { judgedBy } from "../../src/core/recorded-readings.ts";
import { csvOf, jsonOf } from "../../src/record/export.ts";
import { readHistory } from "../../src/record/read-history.ts";
import { readRecordedReadings } from "../../src/record/replay-input.ts";
import { inDirectory, openSample, startMs, tick } from "./sample-ticks.ts";

const name = cgroupCeiling("/nso.slice", "memory.max");
const limitKib = 1400 * 1024;

/** A tick at which this many percent of the cgroup were used; without a number the host bound. */
function bound(seconds: number, percent?: number) {
  const { host, processes } = tick(startMs + seconds * 1000);
  const binding = percent === undefined ? undefined : { name, usedKib: (limitKib * percent) / 100, limitKib };
  return { host: { ...host, binding }, processes };
}

/** The host, then the cgroup up to 95.12 %, then the host again. */
const ticks = [bound(0), bound(1, 80), bound(2, 92), bound(3, 95.12), bound(4)];

async function recorded(work: (path: string) => void): Promise<void> {
  await inDirectory((dir) => {
    const path = join(dir, "history.db");
    const { history } = openSample(path);
    for (const one of ticks) history.recordTick(one);
    history.close();
    work(path);
  });
}

/** As a history of version 0.1.0 is. */
function forgetBinding(path: string): void {
  const db = new Database(path);
  db.run("DROP VIEW binding_samples");
  db.run("DROP TABLE binding");
  db.run("DROP TABLE ceiling");
  db.close();
}

describe("the limit that bound", () => {
  test("is read back with its name, at its times", () =>
    recorded((path) => {
      const { ceilings = [] } = readHistory(path);
      expect(ceilings.map((one) => one.name)).toEqual([name]);
      expect([...(ceilings[0]?.atMs ?? [])]).toEqual([1, 2, 3].map((seconds) => startMs + seconds * 1000));
      expect([...(ceilings[0]?.limitKib ?? [])]).toEqual([limitKib, limitKib, limitKib]);
      expect(Math.floor(ceilings[0]?.usedKib[2] ?? 0)).toBe(Math.floor((limitKib * 95.12) / 100));
    }));

  test("is replayed: the history gives the levels of the live run", () =>
    recorded((path) => {
      const { steps } = readRecordedReadings(path);
      const physical = judgedBy(defaultConfig(), steps).flatMap((step) =>
        step.step === "reading" && step.reading.kind === "physical" ? [step.reading] : [],
      );
      expect(physical.map(({ level }) => level)).toEqual([
        "normal",
        "normal",
        "warning",
        "critical",
        "normal",
      ]);
      expect(physical.map(({ ceiling }) => ceiling)).toEqual(["host", name, name, name, "host"]);
    }));

  test("is in an export, and no column is where none bound", () =>
    recorded((path) => {
      const [head = "", ...rows] = [...csvOf(readHistory(path))].join("").trimEnd().split("\n");
      expect(head).toEndWith(`,${name} used,${name} limit,events`);
      expect(rows.map((row) => row.split(",").at(-2))).toEqual(["", ...Array(3).fill(String(limitKib)), ""]);
      const document = JSON.parse([...jsonOf(readHistory(path))].join(""));
      expect(document.ceilings[0]).toMatchObject({
        name,
        samples: { columns: ["at_ms", "used_kib", "limit_kib"] },
      });
      forgetBinding(path);
      expect([...csvOf(readHistory(path))].join("").split("\n")[0]).not.toContain("limit,");
      expect(JSON.parse([...jsonOf(readHistory(path))].join("")).ceilings).toEqual([]);
    }));

  test("has a view with its name and time for sqlite3", () =>
    recorded((path) => {
      const db = new Database(path, { readonly: true });
      const [row] = db.query<{ name: string; limit_kib: number }, []>("SELECT * FROM binding_samples").all();
      db.close();
      expect(row).toMatchObject({ name, limit_kib: limitKib });
    }));
});

describe("a history of an older version", () => {
  test("is read as it is", () =>
    recorded((path) => {
      forgetBinding(path);
      const { host, ceilings } = readHistory(path);
      expect(host.atMs).toHaveLength(5);
      expect(ceilings).toBeUndefined();
    }));

  test("records the limit that binds from when it is opened to be written", () =>
    recorded((path) => {
      forgetBinding(path);
      const { history } = openSample(path);
      history.recordTick(bound(10, 50));
      history.close();
      expect(readHistory(path, { sinceMs: 0 }).ceilings?.[0]?.atMs).toHaveLength(1);
    }));
});

test("retention takes it away with its ticks", () =>
  inDirectory((dir) => {
    const path = join(dir, "history.db");
    const { history } = openSample(path, { retention: { ageMs: 1000, bytesMax: 1e9 } });
    for (let seconds = 0; seconds < 20_000; seconds += 100) history.recordTick(bound(seconds, 50));
    history.close();
    const { host, ceilings } = readHistory(path, { sinceMs: 0 });
    expect(ceilings?.[0]?.atMs.length).toBe(host.atMs.length);
  }));
