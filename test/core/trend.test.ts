import { describe, expect, test } from "bun:test";
import { timeToMs, trendOf, type UsePoint } from "../../src/core/trend.ts";

const mib = 1024;
/** One point a second over a minute. */
const minute = (usedKib: (second: number) => number): UsePoint[] =>
  Array.from({ length: 60 }, (_, second) => ({ atMs: second * 1000, usedKib: usedKib(second) }));

describe("the trend", () => {
  test("of steady growth is its rate", () =>
    expect(trendOf(minute((second) => 1000 * mib + second * 3 * mib))?.kibPerSecond).toBeCloseTo(3 * mib));
  test("of growth that began 10 s ago is that of now, not of the minute", () =>
    expect(trendOf(minute((second) => Math.max(0, second - 50) * 400 * mib))?.kibPerSecond).toBeGreaterThan(
      380 * mib,
    ));
  test("of memory that is given back is negative", () =>
    expect(trendOf(minute((second) => 1000 * mib - second * mib))?.kibPerSecond).toBeCloseTo(-mib));
  test("of a saw-tooth is none", () =>
    expect(trendOf(minute((second) => 1000 * mib + (second % 7) * 5 * mib))?.kibPerSecond).toBe(0));
  test("of less than a MiB is none", () =>
    expect(trendOf(minute((second) => 1000 * mib + second * 10))?.kibPerSecond).toBe(0));
  test("of four points is not known", () => expect(trendOf(minute(() => 1).slice(0, 4))).toBeUndefined());
  test("of points of one moment is not known", () =>
    expect(trendOf(minute(() => 1).map((point) => ({ ...point, atMs: 7 })))).toBeUndefined());
});

test("the time to a limit is what is left by the rate, and none where it is not on the way there", () => {
  expect(timeToMs({ kibPerSecond: 2 * mib }, 100 * mib, 140 * mib)).toBe(20_000);
  expect(timeToMs({ kibPerSecond: 0 }, 100 * mib, 140 * mib)).toBeUndefined();
  expect(timeToMs({ kibPerSecond: -1 }, 100 * mib, 140 * mib)).toBeUndefined();
  expect(timeToMs({ kibPerSecond: 1 }, 140 * mib, 140 * mib)).toBeUndefined();
});
