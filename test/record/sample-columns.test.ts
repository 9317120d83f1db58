import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { growingColumns } from "../../src/record/columns.ts";
import { sampleTables } from "../../src/record/sample-columns.ts";

describe("the samples of several processes", () => {
  test("share the times at which all were measured", () => {
    const tables = sampleTables();
    for (let tick = 0; tick < 40_000; tick++) for (const id of [1, 2]) tables.push(id, tick * 1000, id, tick);
    const [first, second] = tables.finish().values();
    expect(first?.atMs).toBe(second?.atMs ?? expect.unreachable());
    expect(first?.atMs[39_999]).toBe(39_999_000);
    expect(second?.allocatedKib[39_999]).toBe(39_999);
  });

  test("come back as they went in, whoever missed which tick", () => {
    const rows = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (ticks) => {
        const tables = sampleTables();
        const wanted = new Map<number, [atMs: number, rssKib: number, allocatedKib: number][]>();
        for (const [tick, ids] of ticks.entries())
          for (const id of ids.toSorted()) {
            const row: [number, number, number] = [tick * 1000, tick * 10 + id, id];
            tables.push(id, ...row);
            wanted.set(id, [...(wanted.get(id) ?? []), row]);
          }
        const found = [...tables.finish()].map(([id, { atMs, rssKib, allocatedKib }]) => [
          id,
          Array.from(atMs, (at, index) => [at, rssKib[index], allocatedKib[index]]),
        ]);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
      }),
    );
  });
});

describe("memory in columns", () => {
  const column = (values: (number | null)[]) => {
    const columns = growingColumns(["atMs", "rssKib"]);
    for (const [index, value] of values.entries()) columns.push([index, value]);
    return columns.finish().rssKib;
  };

  test("is of 32 bits", () => {
    expect(column([0, 2 ** 31 - 1])).toEqual(Int32Array.of(0, 2 ** 31 - 1));
  });

  test.each([2 ** 31, 2 ** 54, 0.5])("is of 64 bits where one value is %d", (value) => {
    const before = Array<number>(20_000).fill(7);
    expect([...column([...before, value, 8])]).toEqual([...before, value, 8]);
  });

  test("that was not measured is NaN", () => {
    expect([...column([5, null, 6])]).toEqual([5, Number.NaN, 6]);
  });
});
