import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { gridOf } from "../../../src/report/page/client/grid.ts";
import { nearestSample } from "../../../src/report/page/client/nearest-sample.ts";
import { highestOf, stretchesOf } from "../../../src/report/series/downsample.ts";
import { gapsOf } from "../../../src/report/series/gaps.ts";
import { gapOf, indexFrom, type Series, seriesOf } from "../../../src/report/series/series.ts";
import { thin } from "../../../src/report/series/thin.ts";

function series(values: number[], { startMs = 0, stepMs = 1000 } = {}): Series {
  return seriesOf(
    Float64Array.from(values, (_, index) => startMs + index * stepMs),
    Float64Array.from(values),
  );
}

const noise = (length: number) => Array.from({ length }, (_, index) => ((index * 7919) % 1000) + 1000);

describe("a week in a thousand columns", () => {
  const values = noise(604_800);
  values[300_001] = 99_999;
  values[400_002] = 1;
  const week = series(values);
  const columns = { fromMs: 0, toMs: 604_799_000, width: 1000 };

  test("a spike of one second up and one down are there, at their own times", () => {
    const [stretch] = stretchesOf(week, columns);
    expect(Math.max(...(stretch?.kib ?? []))).toBe(99_999);
    expect(Math.min(...(stretch?.kib ?? []))).toBe(1);
    const place = stretch?.kib.indexOf(99_999) ?? -1;
    expect(stretch?.x[place]).toBeCloseTo((300_001_000 / 604_799_000) * 1000, 6);
  });

  test("at most two points a column and the two ends remain", () => {
    const points = stretchesOf(week, columns).flatMap(({ x }) => x).length;
    expect(points).toBeLessThanOrEqual(2 * 1001 + 2);
    expect(points).toBeGreaterThan(1900);
  });

  test("the page's grid has them too, at any zoom", () => {
    for (const halfMs of [302_400_000, 40_000_000, 3_000_000, 60_000, 5_000]) {
      const view = { fromMs: Math.max(0, 300_001_000 - halfMs), toMs: 300_001_000 + halfMs };
      const [, cells = []] = gridOf([week], view, 800);
      expect(Math.max(...cells.filter((cell) => typeof cell === "number"))).toBe(99_999);
    }
  });
});

test("extremes of every column survive, whatever the series", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 0, max: 1e9 })), {
        minLength: 1,
        maxLength: 300,
      }),
      fc.integer({ min: 1, max: 50 }),
      (samples, width) => {
        let at = 0;
        const atMs = Float64Array.from(samples, ([step]) => (at += step));
        const one = seriesOf(
          atMs,
          Float64Array.from(samples, ([, value]) => value),
        );
        const whole = { fromMs: 0, toMs: at, width };
        const drawn = stretchesOf(one, whole);
        const extremes = new Map<number, { low: number; high: number }>();
        for (const [index, ms] of atMs.entries()) {
          const column = Math.floor(ms * (width / at));
          const value = one.kib[index] ?? 0;
          const known = extremes.get(column) ?? { low: value, high: value };
          extremes.set(column, { low: Math.min(known.low, value), high: Math.max(known.high, value) });
        }
        const drawnValues = new Set(drawn.flatMap(({ kib }) => kib));
        return [...extremes.values()].every(({ low, high }) => drawnValues.has(low) && drawnValues.has(high));
      },
    ),
    { numRuns: 200 },
  );
});

test("the page's columns hold the same extremes as a walk through every sample", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 1, 1, 1, 1, 30), fc.integer({ min: 0, max: 1000 })), {
        minLength: 200,
        maxLength: 3000,
      }),
      fc.integer({ min: 3, max: 60 }),
      (samples, columns) => {
        let at = 0;
        const atMs = Float64Array.from(samples, ([step]) => {
          at += step * 1000;
          return at;
        });
        const one = seriesOf(
          atMs,
          Float64Array.from(samples, ([, value]) => value),
        );
        const view = { fromMs: atMs[0] ?? 0, toMs: at + 1 };
        const [times, cells = []] = gridOf([one], view, columns);
        if (times.length !== 2 * columns) return true;
        const walked = new Map<number, number[]>();
        for (const [index, ms] of atMs.entries()) {
          const column = Math.floor((ms - view.fromMs) / ((view.toMs - view.fromMs) / columns));
          walked.set(column, [...(walked.get(column) ?? []), one.kib[index] ?? 0]);
        }
        return [...walked].every(([column, values]) => {
          const pair = [cells[2 * column], cells[2 * column + 1]].filter((cell) => typeof cell === "number");
          return Math.min(...pair) === Math.min(...values) && Math.max(...pair) === Math.max(...values);
        });
      },
    ),
    { numRuns: 100 },
  );
});

describe("gaps", () => {
  const holed = seriesOf(
    Float64Array.of(0, 1000, 2000, 60_000, 61_000, 200_000),
    Float64Array.of(1, 2, 3, 4, 5, 6),
  );

  test("end a stretch; a sample between two gaps is a stretch of its own", () => {
    const stretches = stretchesOf(holed, { fromMs: 0, toMs: 200_000, width: 1000 });
    expect(stretches.map(({ kib }) => kib)).toEqual([[1, 2, 3], [4, 5], [6]]);
  });

  test("are counted from three intervals on, and 3.5 s at least", () => {
    expect(gapOf(Float64Array.of(0, 1000, 2000, 3000))).toBe(3500);
    expect(gapOf(Float64Array.of(0, 10_000, 20_000, 30_000))).toBe(30_000);
    expect(gapOf(new Float64Array())).toBe(3500);
    const exactly = seriesOf(Float64Array.of(0, 1000, 2000, 5500), Float64Array.of(1, 1, 1, 1));
    const over = seriesOf(Float64Array.of(0, 1000, 2000, 5501), Float64Array.of(1, 1, 1, 1));
    expect(stretchesOf(exactly, { fromMs: 0, toMs: 6000, width: 10 })).toHaveLength(1);
    expect(stretchesOf(over, { fromMs: 0, toMs: 6000, width: 10 })).toHaveLength(2);
  });

  test("of a thinned series are longer by two stretches: its extremes lie so far apart", () => {
    const times = Float64Array.of(0, 1000, 2000, 3000, 20_000);
    expect(stretchesOf(seriesOf(times, times, 8_000), { fromMs: 0, toMs: 20_000, width: 10 })).toHaveLength(
      1,
    );
    expect(stretchesOf(seriesOf(times, times, 6_000), { fromMs: 0, toMs: 20_000, width: 10 })).toHaveLength(
      2,
    );
  });

  test("are told from the edges of the window too", () => {
    expect(gapsOf(holed, -10_000, 300_000)).toEqual([
      [-10_000, 0],
      [2000, 60_000],
      [61_000, 200_000],
      [200_000, 300_000],
    ]);
    expect(gapsOf(series([1, 2, 3]), 0, 2000)).toEqual([]);
  });

  test("are null in the page's grid for every cell between, sample by sample and column by column", () => {
    const other = series([9, 9, 9, 9, 9, 9, 9, 9], { startMs: 0, stepMs: 8_000 });
    const [times, cells = []] = gridOf([holed, other], { fromMs: 0, toMs: 62_000 }, 500);
    const between = times.flatMap((at, index) => (at > 2000 && at < 60_000 ? [cells[index]] : []));
    expect(between.length).toBeGreaterThan(5);
    expect(new Set(between)).toEqual(new Set([null]));
    const long = seriesOf(
      Float64Array.from({ length: 4000 }, (_, index) => index * 1000 + (index >= 2000 ? 500_000 : 0)),
      new Float64Array(4000).fill(7),
    );
    const [columnTimes, columnCells = []] = gridOf([long], { fromMs: 0, toMs: 4_500_000 }, 300);
    const middle = columnTimes.findIndex((at) => at > 2_250_000);
    expect(columnCells[middle]).toBeNull();
  });
});

describe("the sample under the pointer", () => {
  const three = seriesOf(Float64Array.of(1000, 2000, 3000), Float64Array.of(10, 20, 30));

  test("is the nearest, the earlier of two equally near", () => {
    expect(nearestSample(three, 2400)).toEqual({ atMs: 2000, kib: 20 });
    expect(nearestSample(three, 2600)).toEqual({ atMs: 3000, kib: 30 });
    expect(nearestSample(three, 2500)).toEqual({ atMs: 2000, kib: 20 });
  });

  test("is none where nothing was measured", () => {
    expect(nearestSample(three, 6500)).toEqual({ atMs: 3000, kib: 30 });
    expect(nearestSample(three, 6501)).toBeUndefined();
    expect(nearestSample(seriesOf(new Float64Array(), new Float64Array()), 0)).toBeUndefined();
  });
});

test("thinned, a series keeps its extremes at their own times", () => {
  const values = noise(10_000);
  values[5003] = 50_000;
  const thinned = thin(series(values), 60_000);
  expect(thinned.kib.length).toBeLessThanOrEqual(2 * 168);
  expect(highestOf(thinned, 0, 1e9)).toBe(50_000);
  expect(thinned.atMs[thinned.kib.indexOf(50_000)]).toBe(5_003_000);
  expect([...thinned.atMs]).toEqual([...thinned.atMs].sort((a, b) => a - b));
});

test("the first index at or after a time", () => {
  const times = Float64Array.of(10, 20, 30);
  expect([5, 10, 11, 30, 31].map((at) => indexFrom(times, at))).toEqual([0, 0, 1, 2, 3]);
});
