import { expect, test } from "bun:test";
import { describeGrowth, type GroupUse, growthOf, takeUse } from "../../src/core/growth.ts";

const use = (atMs: number, core: number, rest = 0): GroupUse => ({
  atMs,
  core,
  javavm: 0,
  pythonvm: 0,
  rest,
});

test("who grew most comes first, and a sentence names all that are there", () => {
  const growth = growthOf([use(0, 1024, 4096), use(60_000, 3072, 2048)]);
  expect(growth.map(({ group, grewKib }) => [group, grewKib])).toEqual([
    ["core", 2048],
    ["javavm", 0],
    ["pythonvm", 0],
    ["rest", -2048],
  ]);
  expect(describeGrowth(growth)).toBe(
    "over 60 s the core grew by 2.0 MiB to 3.0 MiB, everything else shrank by 2.0 MiB to 2.0 MiB",
  );
});

test("one sample is not enough to say", () => {
  expect(growthOf([use(0, 1)])).toEqual([]);
  expect(describeGrowth([])).toBe("who grew is not known yet");
});

test("samples are kept for exactly as long as asked", () => {
  const samples = [use(0, 1), use(1, 1)];
  expect(takeUse(samples, use(300_000, 1), 300_000).map(({ atMs }) => atMs)).toEqual([0, 1, 300_000]);
  expect(takeUse(samples, use(300_001, 1), 300_000).map(({ atMs }) => atMs)).toEqual([1, 300_001]);
});

test("a clock that was set back begins anew", () => {
  expect(takeUse([use(500, 1)], use(100, 1), 300_000).map(({ atMs }) => atMs)).toEqual([100]);
});
