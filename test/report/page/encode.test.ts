import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeSamples } from "../../../src/report/page/client/decode.ts";
import type { PageHeader } from "../../../src/report/page/client/page-model.ts";
import { encodePage, type PageSource } from "../../../src/report/page/encode.ts";
import { seriesOf } from "../../../src/report/series/series.ts";
import { generator } from "../sample-history.ts";

function source(id: string, atMs: number[], kib: number[]): PageSource {
  return {
    id,
    label: id,
    slot: "core",
    width: 1,
    series: seriesOf(Float64Array.from(atMs), Float64Array.from(kib)),
  };
}

async function there(sources: PageSource[]) {
  const { base64: pieces, times, columns, series, thinnedMs } = await encodePage(sources);
  const base64 = pieces.join("");
  const header: PageHeader = {
    timeZone: "UTC",
    fromMs: 0,
    toMs: 1,
    times,
    columns,
    series,
    charts: [],
    events: [],
  };
  return { decoded: await decodeSamples(base64, header), base64, times, thinnedMs, header };
}

describe("what is packed into the page", () => {
  test("comes out as it went in, whatever the numbers", async () => {
    const samples = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 2 ** 45 })),
      { maxLength: 50 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(samples, { minLength: 1, maxLength: 4 }), async (all) => {
        const sources = all.map((rows, index) => {
          let at = 1_768_305_600_000;
          return source(
            `s${index}`,
            rows.map(([step]) => (at += step)),
            rows.map(([, kib]) => kib),
          );
        });
        const { decoded } = await there(sources);
        expect(decoded.map(({ atMs, kib }) => [[...atMs], [...kib]])).toEqual(
          sources.map(({ series }) => [[...series.atMs], [...series.kib]]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("series of the same ticks share one column of times", async () => {
    const { times } = await there([
      source("a", [1, 2, 3], [1, 2, 3]),
      source("b", [1, 2, 3], [4, 5, 6]),
      source("c", [1, 2], [7, 8]),
    ]);
    expect(times.map(({ count }) => count)).toEqual([3, 2]);
  });

  test("a series that several charts show is there once", async () => {
    const shared = source("a", [1, 2, 3], [1, 2, 3]);
    const other = source("b", [1, 2, 3], [4, 5, 6]);
    const { header, decoded } = await there([shared, other, { ...shared, id: "holder a" }]);
    expect(header.columns).toHaveLength(2);
    expect(header.series.map(({ id, column }) => [id, column])).toEqual([
      ["a", 0],
      ["b", 1],
      ["holder a", 0],
    ]);
    expect(decoded[2]).toBe(decoded[0] ?? expect.unreachable());
  });

  test("nor does it count twice towards what a page may hold", async () => {
    const atMs = Float64Array.from({ length: 1_000_000 }, (_, index) => index * 1000);
    const series = seriesOf(atMs, new Int32Array(atMs.length));
    const sources = Array.from({ length: 13 }, (_, index) => ({ ...source(`s${index}`, [], []), series }));
    expect((await there(sources)).thinnedMs).toBeUndefined();
  });

  test("a text that was cut is refused", async () => {
    const { base64, header } = await there([source("a", [1, 2, 3], [1, 2, 3])]);
    expect(decodeSamples(base64.slice(0, 24), header)).rejects.toThrow();
    const more = { ...header, times: [{ count: 9, gapMs: 1 }] };
    expect(decodeSamples(base64, more)).rejects.toThrow("cut short");
  });
});

test("what would be more than 8 MB keeps the extremes of each stretch and says so", async () => {
  const random = generator(7);
  const count = 1_300_000;
  const atMs = Float64Array.from({ length: count }, (_, index) => index * 1000);
  const kib = Float64Array.from({ length: count }, () => Math.floor(random() * 2 ** 40));
  kib[1_123_456] = 2 ** 41;
  const { base64, thinnedMs, decoded } = await there([
    { id: "a", label: "a", slot: "core", width: 1, series: seriesOf(atMs, kib) },
  ]);
  expect(thinnedMs).toBeGreaterThanOrEqual(2000);
  expect(base64.length).toBeLessThan(8_000_000);
  // Of many pieces, each of which ends where a group of three bytes does.
  expect(base64).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(decoded[0]?.atMs[decoded[0].kib.indexOf(2 ** 41)]).toBe(1_123_456_000);
}, 20_000);
