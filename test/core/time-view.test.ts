import { expect, test } from "bun:test";
import { columnMsOf, endOf, firstView, type TimeView, viewAfter } from "../../src/core/time-view.ts";

const range = { columns: 60, firstMs: 0, lastMs: 86_400_000 };
const press = (view: TimeView, ...keys: string[]) =>
  keys.reduce((before, key) => viewAfter(before, key, range), view);

test("left goes back by a tenth of what is seen, right forward, and beyond the last it is live again", () => {
  expect(press(firstView, "left").endMs).toBe(86_400_000 - 60_000);
  expect(press(firstView, "left", "left", "right").endMs).toBe(86_400_000 - 60_000);
  expect(press(firstView, "left", "right")).toEqual(firstView);
  expect(press(firstView, "right")).toEqual(firstView);
});

test("a page goes back by all that is seen; Home to the first measurement, not before it; End to now", () => {
  expect(press(firstView, "page-up").endMs).toBe(86_400_000 - 600_000);
  expect(press(firstView, "home").endMs).toBe(600_000);
  expect(press(firstView, "home", "page-up", "page-up").endMs).toBe(10_000);
  expect(press(firstView, "home", "end")).toEqual(firstView);
});

test("up and down zoom between a second and two hours a column, and the end stays where it is", () => {
  const past = press(firstView, "left");
  expect(columnMsOf(press(past, "up", "up", "up"))).toBe(1000);
  expect(columnMsOf(press(past, "down", "down", "down", "down", "down"))).toBe(7_200_000);
  expect(press(past, "down").endMs).toBe(past.endMs);
});

test("any other key changes nothing", () => expect(press(firstView, "x")).toBe(firstView));

test("columns end at multiples of their length", () => {
  expect(endOf({ step: 1, endMs: undefined }, 12_345)).toBe(20_000);
  expect(endOf({ step: 1, endMs: 30_000 }, 99_999)).toBe(30_000);
});
