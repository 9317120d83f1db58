import { expect, test } from "bun:test";
import { spark } from "../../src/ui/spark.ts";

test("a line of history has a cell for each value, the top of its scale at eight eighths", () => {
  expect(spark([0, 12.5, 50, 100, 120, undefined, 1], { top: 100, rows: 1 })).toEqual(["▁▁▄██ ▁"]);
});

test("several rows stand on each other", () => {
  expect(spark([25, 50, 75, 100, undefined], { top: 100, rows: 2 })).toEqual(["  ▄█ ", "▄███ "]);
});

test("where there is no scale nothing is high", () => {
  expect(spark([0, 5], { top: 0, rows: 1 })).toEqual(["▁▁"]);
});
