import { describe, expect, test } from "bun:test";
import { cadenceMs, type Level, type Limits, levelOf, severity } from "../../src/core/level.ts";

const limits: Limits = { warningPercent: 90, criticalPercent: 95 };
const bounds = { minMs: 20, maxMs: 1000 };

describe("the level", () => {
  test.each<[string, number, Level]>([
    ["nothing used is normal", 0, "normal"],
    ["89.99 % is normal", 899_999, "normal"],
    ["exactly 90 % is a warning, not critical", 900_000, "warning"],
    ["94.99 % is a warning", 949_999, "warning"],
    ["exactly 95 % is critical", 950_000, "critical"],
    ["everything used is critical", 1_000_000, "critical"],
    ["more than everything, as Committed_AS may be, is critical", 3_000_000, "critical"],
  ])("%s", (_, usedKib, level) => {
    expect(levelOf({ usedKib, limitKib: 1_000_000 }, limits)).toBe(level);
  });

  test("at a limit that is no whole KiB begins at the next one", () => {
    expect(levelOf({ usedKib: 9, limitKib: 11 }, limits)).toBe("normal"); // 90 % of 11 is 9.9
    expect(levelOf({ usedKib: 10, limitKib: 11 }, limits)).toBe("warning");
  });

  test("honours two decimals, without the rounding of binary fractions", () => {
    const fine = { warningPercent: 0.07, criticalPercent: 99.99 };
    expect(levelOf({ usedKib: 699, limitKib: 1_000_000 }, fine)).toBe("normal");
    expect(levelOf({ usedKib: 700, limitKib: 1_000_000 }, fine)).toBe("warning");
    expect(levelOf({ usedKib: 999_899, limitKib: 1_000_000 }, fine)).toBe("warning");
    expect(levelOf({ usedKib: 999_900, limitKib: 1_000_000 }, fine)).toBe("critical");
  });

  test("with an absolute limit needs less free than that as well", () => {
    const both = { ...limits, criticalFreeKib: 20_000 };
    expect(levelOf({ usedKib: 980_000, limitKib: 1_000_000 }, both)).toBe("warning");
    expect(levelOf({ usedKib: 980_001, limitKib: 1_000_000 }, both)).toBe("critical");
  });

  test("with an absolute limit that is wider than the percentage is not reached before the percentage", () => {
    const wide = { ...limits, criticalFreeKib: 500_000 };
    expect(levelOf({ usedKib: 949_999, limitKib: 1_000_000 }, wide)).toBe("warning");
    expect(levelOf({ usedKib: 950_000, limitKib: 1_000_000 }, wide)).toBe("critical");
  });

  test("of a warning held back by its absolute limit is still critical by percentage", () => {
    const odd = { ...limits, warningFreeKib: 1 };
    expect(levelOf({ usedKib: 960_000, limitKib: 1_000_000 }, odd)).toBe("critical");
  });

  test("of a limit of 0 is normal", () => {
    expect(levelOf({ usedKib: 5, limitKib: 0 }, limits)).toBe("normal");
  });

  test("rises from normal through warning to critical", () => {
    expect([severity("normal"), severity("warning"), severity("critical")]).toEqual([0, 1, 2]);
  });
});

describe("the time until the next measurement", () => {
  const gib = 1024 * 1024;
  const at = (usedKib: number, limitKib = 100 * gib) => cadenceMs({ usedKib, limitKib }, limits, bounds);

  test("is the longest where the next level is further away than memory can fill in it", () => {
    expect(at(0)).toBe(1000);
    expect(at(90 * gib - 6000 * 1024)).toBe(1000);
  });

  test("is the headroom at 6,000 MiB/s", () => {
    expect(at(90 * gib - 3000 * 1024)).toBe(500);
    expect(at(90 * gib - 600 * 1024)).toBe(100);
  });

  test("is the shortest just below a level", () => {
    expect(at(90 * gib - 1)).toBe(20);
    expect(at(95 * gib - 1)).toBe(20);
  });

  test("at a warning is measured against critical", () => {
    expect(at(90 * gib)).toBe(853);
    expect(at(95 * gib - 600 * 1024)).toBe(100);
  });

  test("at critical is the longest: there is no next level", () => {
    expect(at(95 * gib)).toBe(1000);
  });

  test("reaches to an absolute limit that lies beyond the percentage", () => {
    const both = { ...limits, warningFreeKib: 2 * gib };
    const use = { usedKib: 98 * gib - 600 * 1024 + 1, limitKib: 100 * gib };
    expect(cadenceMs(use, { ...both, criticalPercent: 99, criticalFreeKib: undefined }, bounds)).toBe(100);
  });

  test("of a limit of 0 is the longest: what has no size is never full", () => {
    expect(at(5, 0)).toBe(1000);
  });
});

describe("the cadence beside growth", () => {
  const limits: Limits = { warningPercent: 90, criticalPercent: 95 };
  const bounds = { minMs: 20, maxMs: 1000 };
  /** With so much left to critical, of 100 GiB. */
  const at = (leftKib: number, grown?: { kib: number; ms: number }) =>
    cadenceMs({ usedKib: 95 * 1024 ** 2 - leftKib, limitKib: 100 * 1024 ** 2 }, limits, bounds, grown);

  test("is half of the time to critical at that rate, once that is below the least", () => {
    expect(at(30_000, { kib: 20_000, ms: 20 })).toBe(15);
    expect(at(60_000, { kib: 20_000, ms: 20 })).toBe(20);
  });
  test("is a quarter of the least at the fastest", () => {
    expect(at(1, { kib: 20_000, ms: 20 })).toBe(5);
    expect(
      cadenceMs({ usedKib: 94, limitKib: 100 }, limits, { minMs: 5, maxMs: 1000 }, { kib: 9, ms: 1 }),
    ).toBe(1);
  });
  test("is as without it just below critical where memory stands, falls, or creeps", () => {
    for (const grown of [
      { kib: 0, ms: 20 },
      { kib: -500, ms: 20 },
      { kib: 100, ms: 20 },
      { kib: 9, ms: 0 },
    ])
      expect(at(24_000, grown)).toBe(20);
  });
});
