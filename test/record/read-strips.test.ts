/** The history by columns, and the trend of its last minute: bounded, also beside a history of millions of rows. */

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { stripReader } from "../../src/record/read-strips.ts";
import { readTrends } from "../../src/record/read-trend.ts";
import { inDirectory, openSample, startMs, tick } from "./sample-ticks.ts";

/** Ten minutes at 1 Hz: the core grows by 1 MiB a second, and the host with it. */
function recorded(dir: string, seconds = 600): string {
  const path = join(dir, "history.db");
  const { history } = openSample(path);
  for (let second = 0; second < seconds; second++) {
    const atMs = startMs + second * 1000;
    const { host, processes } = tick(atMs, [{ rssKib: 1024 * second, atMs }]);
    history.recordTick({ host: { ...host, memUsedKib: 12_000_000 + 1024 * second }, processes });
  }
  history.recordEvent({ atMs: startMs + 300_000, type: "level", level: "warning", text: "it was warning" });
  history.close();
  return path;
}

test("each column has the most of each kind, and each process at its end", () =>
  inDirectory((dir) => {
    const path = recorded(dir);
    const untilMs = startMs + 600_000;
    const strips = stripReader(path).read({ untilMs, columnMs: 10_000, columns: 62 });
    expect(strips.fromMs).toBe(startMs - 20_000);
    expect(strips.physical.slice(0, 3)).toEqual([
      undefined,
      undefined,
      { usedKib: 12_000_000 + 1024 * 9, limitKib: 24_684_096 },
    ]);
    expect(strips.physical.at(-1)?.usedKib).toBe(12_000_000 + 1024 * 599);
    expect(strips.allocated.at(-1)).toEqual({ usedKib: 8_115_420, limitKib: 12_342_048 });
    const [core] = strips.processes;
    expect(core).toMatchObject({ group: "core", name: "ncs.smp" });
    expect(core?.rssKib.slice(1, 4)).toEqual([undefined, 1024 * 9, 1024 * 19]);
    expect(strips.events.map(({ text }) => text)).toEqual(["it was warning"]);
  }));

test("back in time only what was before that moment is seen", () =>
  inDirectory((dir) => {
    const reader = stripReader(recorded(dir));
    const early = reader.read({ untilMs: startMs + 100_000, columnMs: 10_000, columns: 10 });
    expect(early.physical.at(-1)?.usedKib).toBe(12_000_000 + 1024 * 99);
    expect(early.events).toEqual([]);
    // What was read once is not read again, and is the same.
    expect(reader.read({ untilMs: startMs + 100_000, columnMs: 10_000, columns: 10 })).toEqual(early);
  }));

test("of a column with very many rows a bounded part is looked at: the last", () =>
  inDirectory((dir) => {
    const path = recorded(dir);
    const db = new Database(path);
    db.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
       INSERT OR IGNORE INTO tick SELECT ${startMs} + i, CASE WHEN i = 1 THEN 99000000 ELSE 1000 END, 99000000, 1, 2, 2 FROM n`,
    );
    db.close();
    const column = stripReader(path).read({ untilMs: startMs + 300_000, columnMs: 300_000, columns: 1 });
    expect(column.physical[0]?.usedKib).toBeLessThan(99_000_000);
  }));

test("the trend is that of the last minute, of the host or of the cgroup that binds", () =>
  inDirectory((dir) => {
    const path = recorded(dir);
    const at = startMs + 599_000;
    const trends = readTrends(path, at, { physical: "host", allocated: "host" });
    expect(trends.physical?.kibPerSecond).toBeCloseTo(1024, 0);
    expect(trends.allocated?.kibPerSecond).toBe(0);
    expect(readTrends(path, at, { physical: "cgroup:/nso" })).toEqual({});
    expect(readTrends(path, startMs + 3_600_000, { physical: "host" })).toEqual({});
    expect(readTrends(join(dir, "none.db"), at, { physical: "host" })).toEqual({});
  }));
