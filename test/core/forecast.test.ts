import { beforeEach, describe, expect, test } from "bun:test";
import { askEveryMs, createForecaster, type Forecaster } from "../../src/core/forecast.ts";
import { createMinutes } from "../../src/core/minutes.ts";
import { kendall, theilSen } from "../../src/core/rise.ts";
import { scoreLoads } from "./forecast-score.ts";

const minuteMs = 60_000;
const mib = 1024;
const criticalKib = 60_000 * mib;

let forecaster: Forecaster;
beforeEach(() => {
  forecaster = createForecaster();
});

/** Takes a value each half minute and asks, as the agent does; what was said last. */
function feed(from: number, to: number, usedKib: (minute: number) => number, ceiling = "host") {
  let said: ReturnType<Forecaster["ask"]>;
  for (let minute = from; minute < to; minute += 0.5) {
    forecaster.take({ steadyMs: minute * minuteMs, ceiling, usedKib: usedKib(Math.floor(minute)) });
    said = forecaster.ask(minute * minuteMs, criticalKib);
  }
  return said;
}
/** 60,000 MiB are reached after 166 min. */
const leak = (minute: number) => (58_000 + 12 * minute) * mib;

describe("loads of known truth keep their bars", () => {
  const rows = scoreLoads([1, 2], 15);
  test.each(rows.map((row) => [`${row.name}: ${row.bar || "reported"}`, row] as const))("%s", (_, row) => {
    expect(row).toMatchObject({ kept: true });
  });
});

describe("a steady leak", () => {
  test("is said with its rate and the time that is left", () => {
    const said = feed(0, 120, leak);
    expect(said?.kibPerMinute).toBeCloseTo(12 * mib, 5);
    expect((said?.inMs ?? 0) / minuteMs).toBeWithin(45, 49);
  });

  test("is said after 22 min and 5 more, not before", () => {
    expect(feed(0, 26.5, leak)).toBeUndefined();
    expect(feed(26.5, 29, leak)).toBeDefined();
  });

  test("is not said where critical is further away than 4 h, nor any more where it has become further than 6 h", () => {
    const slow = (minute: number) => (58_000 + 6 * minute) * mib;
    expect(feed(0, 90, slow)).toBeUndefined();
    expect(feed(90, 100, slow)).toBeDefined();
    // The limit was raised.
    expect(forecaster.ask(100 * minuteMs, criticalKib + 600 * mib)).toBeDefined();
    expect(forecaster.ask(100 * minuteMs, criticalKib + 1000 * mib)).toBeUndefined();
  });

  test("leaves 0 once the limit is reached, and the time runs between two questions", () => {
    feed(0, 120, leak);
    expect(forecaster.ask(120 * minuteMs, 1)?.inMs).toBe(0);
    const before = forecaster.ask(120 * minuteMs, criticalKib)?.inMs ?? 0;
    const after = forecaster.ask(120 * minuteMs + askEveryMs / 2, criticalKib)?.inMs ?? 0;
    expect(before - after).toBe(askEveryMs / 2);
  });

  test("that stops is said for 5 min at most after it was seen last", () => {
    feed(0, 120, leak);
    // A quarter of an hour of flat minutes is enough for the smallest scale; the larger ones take longer.
    const flat = () => leak(119);
    expect(feed(120, 121, flat)).toBeDefined();
    expect(feed(121, 240, flat)).toBeUndefined();
  });
});

describe("nothing is said where it is not sure", () => {
  test("of ground that was held before on this day", () => {
    const before = (minute: number) => (minute < 30 ? 59_900 * mib : leak(minute - 60));
    expect(feed(0, 200, before)).toBeUndefined();
  });

  test("without any value, and of a ceiling without a size", () => {
    expect(forecaster.ask(0, criticalKib)).toBeUndefined();
    feed(0, 120, leak);
    expect(forecaster.ask(120 * minuteMs, Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  test("when too little of a window was observed", () => {
    feed(0, 12, leak);
    expect(feed(100, 112, leak)).toBeUndefined();
  });
});

describe("another ceiling", () => {
  test("begins the forecast anew", () => {
    expect(feed(0, 120, leak)).toBeDefined();
    expect(feed(120, 140, leak, "cgroup:/a")).toBeUndefined();
    expect(feed(140, 155, leak, "cgroup:/a")).toBeDefined();
  });

  test("for a moment does not cost what was seen under the one before", () => {
    expect(feed(0, 120, leak)).toBeDefined();
    expect(feed(120, 121, leak, "cgroup:/a")).toBeUndefined();
    expect(feed(121, 127, leak)).toBeDefined();
  });

  test("the same host with and without huge pages is one", () => {
    expect(feed(0, 120, leak, "MemTotal-Hugetlb")).toBeDefined();
    expect(feed(120, 121, leak, "host")).toBeDefined();
  });
});

describe("what was recorded before a restart", () => {
  const restore = (from: number, to: number) => {
    for (let minute = from; minute < to; minute++)
      forecaster.restore({
        steadyMs: (minute + 0.5) * minuteMs,
        ceiling: "host",
        low: leak(minute),
        high: leak(minute),
      });
  };

  test("lets the forecast be said at once", () => {
    restore(0, 100);
    expect(feed(101, 101.5, leak)).toBeDefined();
  });

  test("says nothing more when the agent was away for too long", () => {
    restore(0, 100);
    expect(feed(160, 170, leak)).toBeUndefined();
  });

  test("may come when values have come already", () => {
    feed(100, 101, leak);
    restore(0, 100);
    expect(feed(101, 107, leak)).toBeDefined();
  });

  test("counts at times before the zero of the clock too", () => {
    restore(-100, 0);
    expect(feed(0, 6, leak)).toBeDefined();
  });
});

describe("minutes", () => {
  test("a day is kept, whatever comes", () => {
    const minutes = createMinutes();
    for (let minute = 0; minute < 5000; minute++) minutes.take({ minute, low: minute, high: minute });
    expect(minutes.span(Number.NEGATIVE_INFINITY, 5000)).toEqual({ observed: 1440, low: 3560, high: 4999 });
    minutes.take({ minute: 3559, low: 1, high: 1 });
    expect(minutes.span(Number.NEGATIVE_INFINITY, 5000).low).toBe(3560);
  });

  test("a day that was slept through is forgotten", () => {
    const minutes = createMinutes();
    minutes.take({ minute: 0, low: 1, high: 2 });
    minutes.take({ minute: 1_000_000, low: 3, high: 4 });
    expect(minutes.span(Number.NEGATIVE_INFINITY, 2_000_000)).toEqual({ observed: 1, low: 3, high: 4 });
  });

  test("of one minute the lowest and the highest", () => {
    const minutes = createMinutes();
    for (const value of [5, 3, 9]) minutes.take({ minute: 7, low: value, high: value });
    expect(minutes.span(7, 8)).toEqual({ observed: 1, low: 3, high: 9 });
    expect(minutes.span(8, 9)).toMatchObject({ observed: 0 });
  });
});

test("Theil-Sen is not moved by one value in four, and Kendall counts pairs", () => {
  expect(theilSen([0, 2, 4, 600, 8, 10])).toBe(2);
  expect(kendall([1, 2, 3, 4])).toBe(1);
  expect(kendall([4, 3, 2, 1])).toBe(-1);
  expect(kendall([1, 1, 1])).toBe(0);
});
