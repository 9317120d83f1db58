import { expect, test } from "bun:test";
import { createFold } from "../../src/core/fold.ts";

test("what repeats is said once, then counted, whatever its numbers", () => {
  const fold = createFold();
  expect(fold.take("cannot open 17", 0)).toEqual(["cannot open 17"]);
  for (let n = 0; n < 5312; n++) expect(fold.take(`cannot open ${n}`, 10)).toEqual([]);
  expect(fold.due(59_999)).toEqual([]);
  expect(fold.due(60_000)).toEqual(["cannot open 5311 (5312 more in 1 min 0 s)"]);
});

test("another sentence is said at once", () => {
  const fold = createFold();
  fold.take("cannot open", 0);
  expect(fold.take("cannot close", 1)).toEqual(["cannot close"]);
});

test("each count takes twice as long while it goes on, an hour at most; after a quiet one it begins anew", () => {
  const fold = createFold();
  const saidAtMs: number[] = [];
  for (let nowMs = 0; nowMs < 6 * 3_600_000; nowMs += 1000)
    if (fold.take("again", nowMs).length > 0) saidAtMs.push(nowMs);
  const gaps = saidAtMs.slice(1).map((ms, index) => Math.round((ms - (saidAtMs[index] ?? 0)) / 60_000));
  expect(gaps.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  const laterMs = 10 * 3_600_000;
  fold.due(laterMs);
  fold.due(laterMs + 3_600_000);
  expect(fold.take("again", laterMs + 3_600_001)).toEqual(["again"]);
});

test("sentences without end are not remembered without end", () => {
  const fold = createFold();
  const said = Array.from({ length: 300 }, (_, n) => fold.take(`x${"y".repeat(n)}`, 0).length);
  expect(said.every((lines) => lines === 1)).toBe(true);
  expect(fold.take("x", 1)).toEqual(["x"]);
});
