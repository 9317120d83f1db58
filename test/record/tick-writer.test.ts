import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../src/record/store.ts";
import { inDirectory, startMs, tick } from "./sample-ticks.ts";

/** With 0 to 6 processes, and children at some: no statement's rows end with a tick. */
const ticks = Array.from({ length: 100 }, (_, index) =>
  tick(
    startMs + index * 1000,
    Array.from({ length: index % 7 }, (_, process) => ({
      group: "pythonvm" as const,
      name: `vm-${process}`,
      pid: 100 + process,
      rssKib: index * 10 + process,
      atMs: startMs + index * 1000,
      children: process === 2 ? [{ pid: 7, rssKib: index, allocatedKib: 1 }] : [],
    })),
  ),
);

test("rows of many ticks are all there, however many a statement takes", () =>
  inDirectory((dir) => {
    const store = openStore(join(dir, "history.db"));
    store.write(ticks, []);
    expect(store.db.query("SELECT at_ms FROM tick ORDER BY at_ms").values()).toEqual(
      ticks.map(({ host }) => [host.atMs]),
    );
    expect(
      store.db
        .query("SELECT at_ms, name, rss_kib, children FROM process_samples ORDER BY at_ms, name")
        .values(),
    ).toEqual(
      ticks.flatMap(({ processes }) =>
        processes.map(({ atMs, name, rssKib, children }) => [atMs, name, rssKib, children.length || null]),
      ),
    );
    store.close();
  }));

test("what a transaction gathered that failed is not written by the next", () =>
  inDirectory((dir) => {
    const store = openStore(join(dir, "history.db"));
    const broken = { ...tick(startMs + 5000), processes: undefined as never };
    expect(() => store.write([...ticks.slice(0, 5), broken], [])).toThrow();
    store.write(ticks.slice(50, 52), []);
    expect(store.db.query("SELECT at_ms FROM tick").values()).toEqual([
      [startMs + 50_000],
      [startMs + 51_000],
    ]);
    expect(store.db.query("SELECT count(*) FROM sample").values()).toEqual([[1 + 2]]);
    store.close();
  }));
