import { expect, test } from "bun:test";
import type { ProcessSeries } from "../../../src/core/recording.ts";
import { everythingElse } from "../../../src/report/series/everything-else.ts";

const startMs = Date.parse("2026-11-23T13:00:00Z");
const seconds = (...at: number[]) => Float64Array.from(at, (second) => startMs + second * 1000);
const process = (name: string, atMs: Float64Array, ...rssKib: number[]): ProcessSeries => ({
  ...{ group: "pythonvm", name, pids: [1], atMs },
  rssKib: Float64Array.from(rssKib),
  allocatedKib: Float64Array.from(rssKib),
});

test("is what the host uses without NSO's processes, where both were measured", () => {
  const host = { atMs: seconds(0, 0.5, 1, 2), memUsedKib: Float64Array.of(1000, 1010, 1100, Number.NaN) };
  const vms = [
    process("a", seconds(0.01, 1.01, 2.01), 100, 200, 300),
    process("b", seconds(0.02, 1.02), 10, 20),
  ];
  const found = everythingElse(host, vms);
  expect([...(found?.kib ?? [])]).toEqual([890, 880]);
  expect([...(found?.atMs ?? [])]).toEqual([...seconds(0.01, 1.01)]);
});

test("is never below nothing: pages that processes share count for each of them", () => {
  const host = { atMs: seconds(0), memUsedKib: Float64Array.of(100) };
  expect([...(everythingElse(host, [process("a", seconds(0), 150)])?.kib ?? [])]).toEqual([0]);
});

test("is not known without processes", () => {
  expect(everythingElse({ atMs: seconds(0), memUsedKib: Float64Array.of(1) }, [])).toBeUndefined();
});
