import { describe, expect, test } from "bun:test";
import { growingColumns, type RowOf } from "../../src/record/columns.ts";
import { stretchFor, thinner } from "../../src/record/thinner.ts";

describe("columns that grow", () => {
  test.each([0, 1, 16_383, 16_384, 16_385, 50_000])("hold %d rows in order", (count) => {
    const columns = growingColumns(["first", "second"]);
    for (let index = 0; index < count; index++) columns.push([index, 7 * index]);
    const { first, second } = columns.finish();
    expect([first.length, second.length]).toEqual([count, count]);
    if (count > 0) expect([first[count - 1], second[count - 1]]).toEqual([count - 1, 7 * (count - 1)]);
  });
});

describe("a thinned stretch", () => {
  const names = ["atMs", "rss", "allocated"] as const;
  const rows: RowOf<typeof names>[] = Array.from({ length: 100 }, (_, index) => [index * 1000, 50, 50]);
  rows[13] = [13_000, 99, 50];
  rows[17] = [17_000, 50, 1];

  test("keeps the extremes of both values at their own times, in order", () => {
    const columns = growingColumns(names);
    const thin = thinner(columns, 100_000, ["rss", "allocated"]);
    for (const row of rows) thin.push(row);
    thin.flush();
    const { atMs, rss, allocated } = columns.finish();
    expect(Array.from(atMs, (at, index) => [at, rss[index], allocated[index]])).toEqual([
      [0, 50, 50],
      [13_000, 99, 50],
      [17_000, 50, 1],
    ]);
  });

  test("has at most two rows a column", () => {
    const columns = growingColumns(names);
    const thin = thinner(columns, 10_000, ["rss", "allocated"]);
    for (let index = 0; index < 1000; index++)
      thin.push([index * 1000, (index * 7919) % 1000, (index * 104_729) % 1000]);
    thin.flush();
    expect(columns.finish().atMs.length).toBeLessThanOrEqual(400);
  });
});

test("nothing is thinned up to the most that may be kept, and then by whole seconds", () => {
  const bound = { rowsMax: 1000, keptAStretch: 8 };
  expect(stretchFor(1000, 1e6, bound)).toBe(0);
  expect(stretchFor(1001, 1e6, bound)).toBe(8000);
  expect(stretchFor(1001, 1_000_001, bound)).toBe(9000);
});
