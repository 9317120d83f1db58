import { describe, expect, test } from "bun:test";
import type { ProcessSeries } from "../../../src/core/recording.ts";
import { carryOf, processTotal } from "../../../src/report/series/process-total.ts";

function vm(name: string, samples: [atMs: number, rssKib: number][]): ProcessSeries {
  return {
    group: "pythonvm",
    name,
    pids: [1],
    atMs: Float64Array.from(samples, ([at]) => at),
    rssKib: Float64Array.from(samples, ([, rss]) => rss),
    allocatedKib: Float64Array.from(samples, ([, rss]) => rss * 2),
  };
}

const rows = (vms: ProcessSeries[], carryMs = 0) => {
  const { atMs, rssKib } = processTotal(vms, carryMs);
  return Array.from(atMs, (at, index) => [at, rssKib[index]]);
};

describe("all Python VMs as one", () => {
  test("VMs that share their times add up as those that have the same", () => {
    const samples = (name: string, factor: number) =>
      vm(
        name,
        [1000, 2000, 2400, 2600, 9000].map((at, index) => [at, index * factor]),
      );
    const own = [samples("a", 1), samples("b", 10)];
    const shared = (times: number[]) => {
      const atMs = Float64Array.from(times);
      return rows(own.map((one) => ({ ...one, atMs })));
    };
    expect(shared([1000, 2000, 3000, 4000, 5000]).map(([, rss]) => rss)).toEqual([0, 11, 22, 33, 44]);
    // Less than 500 ms apart is one tick, whoever shares it.
    expect(shared([1000, 2000, 2400, 2600, 9000])).toEqual(rows(own));
    expect(rows(own)).toHaveLength(4);
  });

  test("samples of one tick are added, though their times differ by some ms", () => {
    expect(
      rows([
        vm("a", [
          [1000, 10],
          [2001, 11],
        ]),
        vm("b", [
          [1003, 20],
          [2000, 21],
        ]),
      ]),
    ).toEqual([
      [1000, 30],
      [2000, 32],
    ]);
  });

  test("499 ms apart is one tick, 500 ms two", () => {
    expect(rows([vm("a", [[1000, 10]]), vm("b", [[1499, 20]])])).toEqual([[1000, 30]]);
    expect(rows([vm("a", [[1000, 10]]), vm("b", [[1500, 20]])])).toEqual([
      [1000, 10],
      [1500, 20],
    ]);
  });

  test("a VM that is away is not counted, also not at its last value", () => {
    expect(
      rows([
        vm("a", [
          [1000, 10],
          [2000, 10],
          [3000, 10],
        ]),
        vm("b", [
          [1000, 20],
          [3000, 21],
        ]),
      ]),
    ).toEqual([
      [1000, 30],
      [2000, 10],
      [3000, 31],
    ]);
  });

  test("of thinned series the last value stands for the time it was thinned by", () => {
    const thinned = [
      vm("a", [
        [1000, 10],
        [9000, 11],
        [17_000, 12],
      ]),
      vm("b", [
        [3000, 20],
        [60_000, 21],
      ]),
    ];
    expect(rows(thinned, carryOf(thinned, 8000)).slice(0, 3)).toEqual([
      [1000, 10],
      [3000, 30],
      [9000, 31],
    ]);
    expect(carryOf(thinned, undefined)).toBe(0);
  });

  test("one VM is its own total, none is nothing", () => {
    const only = vm("a", [[1000, 10]]);
    expect(processTotal([only]).rssKib).toBe(only.rssKib);
    expect(processTotal([]).atMs.length).toBe(0);
  });

  test("a hundred VMs over an hour", () => {
    const hour = Array.from({ length: 3600 }, (_, index): [number, number] => [index * 1000, 1]);
    const { rssKib } = processTotal(Array.from({ length: 100 }, (_, index) => vm(`vm${index}`, hour)));
    expect(rssKib.length).toBe(3600);
    expect(new Set(rssKib)).toEqual(new Set([100]));
  });
});
