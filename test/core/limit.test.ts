import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hasReached, isClear, reachedAtKib } from "../../src/core/limit.ts";

const use = (usedKib: number, limitKib = 1_000_000) => ({ usedKib, limitKib });

describe("a limit is reached", () => {
  test.each<[string, { percent: number; freeKib?: number }, number, boolean]>([
    ["exactly at its percentage", { percent: 90 }, 900_000, true],
    ["not one KiB below", { percent: 90 }, 899_999, false],
    [
      "at a percentage of two decimals, without the rounding of binary fractions",
      { percent: 0.07 },
      700,
      true,
    ],
    ["not one KiB below that", { percent: 0.07 }, 699, false],
    [
      "at its percentage only where less than its amount is free",
      { percent: 80, freeKib: 150_000 },
      850_001,
      true,
    ],
    ["not where exactly that amount is free", { percent: 80, freeKib: 150_000 }, 850_000, false],
    ["not below its percentage, however little is free", { percent: 90, freeKib: 150_000 }, 899_999, false],
    [
      "at its percentage where the amount is the wider condition",
      { percent: 90, freeKib: 150_000 },
      900_000,
      true,
    ],
    ["by an amount alone, one KiB beyond it", { percent: 0, freeKib: 1 }, 1_000_000, true],
    ["not with exactly that amount free", { percent: 0, freeKib: 1 }, 999_999, false],
    ["beyond the whole, as Committed_AS may be", { percent: 100 }, 3_000_000, true],
  ])("%s", (_, limit, usedKib, reached) => {
    expect(hasReached(limit, use(usedKib))).toBe(reached);
  });

  test("at the next whole KiB where its percentage falls between two", () => {
    expect(reachedAtKib({ percent: 90 }, 11)).toBe(10); // 9.9
    expect(hasReached({ percent: 90 }, use(9, 11))).toBe(false);
    expect(hasReached({ percent: 90 }, use(10, 11))).toBe(true);
  });
});

describe("a limit is clear", () => {
  test.each<[string, { percent: number; freeKib?: number }, number, boolean]>([
    ["exactly two points below its percentage", { percent: 90 }, 880_000, true],
    ["not one KiB above that", { percent: 90 }, 880_001, false],
    ["two points below its percentage with decimals", { percent: 92.57 }, 905_700, true],
    ["not one KiB above that either", { percent: 92.57 }, 905_701, false],
    [
      "two points below where its amount begins, if that is later",
      { percent: 80, freeKib: 150_000 },
      830_000,
      true,
    ],
    ["not one KiB above it", { percent: 80, freeKib: 150_000 }, 830_001, false],
    ["two points below its percentage, if that is later", { percent: 90, freeKib: 150_000 }, 880_000, true],
    ["not one KiB above the later of both", { percent: 90, freeKib: 150_000 }, 880_001, false],
  ])("%s", (_, limit, usedKib, clear) => {
    expect(isClear(limit, use(usedKib), 2)).toBe(clear);
  });

  test("never where the margin is wider than the limit", () => {
    expect(isClear({ percent: 1 }, use(0), 2)).toBe(false);
  });
});

describe("a ceiling of 0 KiB", () => {
  test.each([{ percent: 90 }, { percent: 0, freeKib: 1000 }, { percent: 90, freeKib: 1000 }])(
    "is never reached and always clear: %p",
    (limit) => {
      for (const usedKib of [0, 1, 5_000_000]) {
        expect(hasReached(limit, use(usedKib, 0))).toBe(false);
        expect(isClear(limit, use(usedKib, 0), 2)).toBe(true);
      }
    },
  );
});

test("what is clear by any margin but 0 is not reached", () => {
  const limits = fc.record({
    percent: fc.integer({ min: 0, max: 10_000 }).map((basisPoints) => basisPoints / 100),
    freeKib: fc.option(fc.nat(68_719_476_736), { nil: undefined }),
  });
  const uses = fc.record({ usedKib: fc.nat(68_719_476_736), limitKib: fc.nat(68_719_476_736) });
  fc.assert(
    fc.property(limits, uses, fc.integer({ min: 1, max: 50 }), (limit, any, points) => {
      const least = reachedAtKib(limit, any.limitKib);
      const near = Number.isFinite(least)
        ? [-1, 0, 1].map((step) => ({ ...any, usedKib: least + step }))
        : [];
      for (const at of [any, ...near])
        expect(isClear(limit, at, points) && hasReached(limit, at)).toBe(false);
    }),
  );
});
