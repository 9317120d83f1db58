import { describe, expect, test } from "bun:test";
import { seriesOf } from "../../../src/report/series/series.ts";
import { type Statistics, statisticsOf } from "../../../src/report/statistics/statistics.ts";
import { exhaustedInMs } from "../../../src/report/statistics/trend.ts";

/** Values a second apart. */
function statistics(values: number[]): Statistics {
  const atMs = Float64Array.from(values, (_, second) => 1_768_305_600_000 + second * 1000);
  return statisticsOf(seriesOf(atMs, Float64Array.from(values))) ?? expect.unreachable();
}

/**
 * The same series in numpy 2.4.6: mean, std(ddof=0 and 1), moments by hand, polyfit, corrcoef, and
 * quantile by its default, linear interpolation.
 */
describe("against numpy", () => {
  const thousand = Array.from({ length: 1000 }, (_, i) => 1000 + ((i * 37) % 101) + i * 0.5);
  const cases: [name: string, values: number[], expected: Record<string, number>][] = [
    [
      "1,000 values that rise by saw teeth",
      thousand,
      {
        mean: 1299.76,
        standardDeviation: 147.39055057906526,
        sampleStandardDeviation: 147.46430117191116,
        skewness: 0.0002028240758129835,
        kurtosis: 1.895352050052346,
        averageDeviation: 126.778,
        sum: 1299760,
        sumOfSquares: 1711100032,
        meanError: 4.660898454160956,
        standardDeviationError: 3.295752903359109,
        skewnessError: 0.07745966692414834,
        kurtosisError: 0.15491933384829668,
        lowerQuartile: 1174.875,
        median: 1299.75,
        upperQuartile: 1424.625,
        slope: 30.028235548235504,
        r2: 0.9608070130461173,
      },
    ],
    [
      "five values, no quartile between two",
      [5, 1, 4, 2, 3],
      {
        mean: 3,
        standardDeviation: Math.SQRT2,
        sampleStandardDeviation: 1.5811388300841898,
        skewness: 0,
        kurtosis: 1.7,
        averageDeviation: 1.2,
        sum: 15,
        sumOfSquares: 55,
        meanError: 0.6324555320336759,
        standardDeviationError: 0.4472135954999579,
        skewnessError: 1.0954451150103321,
        kurtosisError: 2.1908902300206643,
        lowerQuartile: 2,
        median: 3,
        upperQuartile: 4,
        slope: -18,
        r2: 0.09,
      },
    ],
    [
      "eight values, every quartile between two",
      [7, 1, 4, 2, 3, 9, 9, 8],
      {
        mean: 5.375,
        standardDeviation: 3.0388114452858046,
        sampleStandardDeviation: 3.2486260832190936,
        skewness: -0.0914564087735788,
        kurtosis: 1.3651730268752091,
        averageDeviation: 2.875,
        sum: 43,
        sumOfSquares: 305,
        meanError: 1.0743820898544427,
        standardDeviationError: 0.7597028613214512,
        skewnessError: 0.8660254037844386,
        kurtosisError: 1.7320508075688772,
        lowerQuartile: 2.75,
        median: 5.5,
        upperQuartile: 8.25,
        slope: 45,
        r2: 0.3197969543147208,
      },
    ],
  ];
  test.each(cases)("%s", (_, values, expected) => {
    const found = statistics(values);
    const figures: Record<string, number | undefined> = {
      mean: found.meanKib,
      standardDeviation: found.standardDeviationKib,
      sampleStandardDeviation: found.sampleStandardDeviationKib,
      skewness: found.skewness,
      kurtosis: found.kurtosis,
      averageDeviation: found.averageDeviationKib,
      sum: found.sumKib,
      sumOfSquares: found.sumOfSquares,
      meanError: found.meanErrorKib,
      standardDeviationError: found.standardDeviationErrorKib,
      skewnessError: found.skewnessError,
      kurtosisError: found.kurtosisError,
      lowerQuartile: found.lowerQuartileKib,
      median: found.medianKib,
      upperQuartile: found.upperQuartileKib,
      slope: found.growth?.kibPerMinute,
      r2: found.growth?.r2,
    };
    expect(Object.keys(figures)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      const tolerance = Math.max(1e-9, Math.abs(value) * 1e-9);
      expect(Math.abs((figures[name] ?? Number.NaN) - value), name).toBeLessThan(tolerance);
    }
  });
});

describe("extremes", () => {
  test("have their first index and its time", () => {
    const { minimum, maximum, last } = statistics([7, 1, 4, 1, 9, 9, 8]);
    expect([minimum.valueKib, minimum.index, maximum.valueKib, maximum.index]).toEqual([1, 1, 9, 4]);
    expect(maximum.atMs).toBe(1_768_305_604_000);
    expect(last).toEqual({ valueKib: 8, index: 6, atMs: 1_768_305_606_000 });
  });
});

describe("odd series", () => {
  test("none has no statistics", () => {
    expect(statisticsOf(seriesOf(new Float64Array(), new Float64Array()))).toBeUndefined();
  });

  test("one sample: no spread, no growth, nothing that is not a number", () => {
    const { growth, ...one } = statistics([42]);
    expect(growth).toBeUndefined();
    expect(one.medianKib).toBe(42);
    expect(
      Object.values(one).filter((value) => typeof value === "number" && !Number.isFinite(value)),
    ).toEqual([]);
  });

  test("a constant explains nothing and grows by nothing", () => {
    const { skewness, kurtosis, growth } = statistics([5, 5, 5]);
    expect([skewness, kurtosis, growth]).toEqual([0, 0, { kibPerMinute: 0, r2: 0 }]);
  });
});

describe("when the limit is reached", () => {
  const growth = { kibPerMinute: 100, r2: 1 };

  test("headroom divided by growth", () => {
    expect(exhaustedInMs(growth, 1000)).toBe(600_000);
  });

  test("a line that explains half of it counts, one that explains less does not", () => {
    expect(exhaustedInMs({ ...growth, r2: 0.5 }, 1000)).toBe(600_000);
    expect(exhaustedInMs({ ...growth, r2: 0.4999 }, 1000)).toBeUndefined();
  });

  test("what stands or shrinks never reaches it; what is above it has", () => {
    expect(exhaustedInMs({ ...growth, kibPerMinute: 0 }, 1000)).toBeUndefined();
    expect(exhaustedInMs({ ...growth, kibPerMinute: -1 }, 1000)).toBeUndefined();
    expect(exhaustedInMs(growth, -5)).toBe(0);
  });

  test("a year away is the most that is said", () => {
    const yearMinutes = 365 * 24 * 60;
    expect(exhaustedInMs({ kibPerMinute: 1, r2: 1 }, yearMinutes)).toBe(yearMinutes * 60_000);
    expect(exhaustedInMs({ kibPerMinute: 1, r2: 1 }, yearMinutes + 1)).toBeUndefined();
  });
});
