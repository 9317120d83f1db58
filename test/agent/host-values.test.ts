import { describe, expect, test } from "bun:test";
import { readHostValues, valuesOf } from "../../src/agent/host-values.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { createLevels } from "../../src/core/levels.ts";
import { parseMeminfo } from "../../src/core/meminfo.ts";
import type { Reading } from "../../src/core/reading.ts";

const config = defaultConfig();

function levelsAfter(physical: Partial<Reading>, allocated?: Partial<Reading>) {
  const levels = createLevels(config);
  const common = { level: "normal", thresholdPercent: 90, source: "tool" } as const;
  const readings: Reading[] = [
    { ...common, kind: "physical", usedKib: 40, limitKib: 100, ceiling: "host", atMs: 5, ...physical },
    { ...common, kind: "allocated", usedKib: 7, limitKib: 50, ceiling: "host", atMs: 6, ...allocated },
  ];
  for (const reading of readings) levels.take(reading, config, () => reading);
  return levels;
}
const allocated = { committedKib: 7, commitLimitKib: 50 };

describe("the host's values of a tick", () => {
  test("are those of the readings", () => {
    expect(valuesOf(levelsAfter({}), 30)).toEqual({
      atMs: 6,
      memUsedKib: 40,
      memTotalKib: 100,
      ...allocated,
    });
  });

  test("have the huge pages in both, where the reading has them in neither", () => {
    const levels = levelsAfter({ ceiling: "MemTotal-Hugetlb", usedKib: 40, limitKib: 70 });
    expect(valuesOf(levels, 30)).toMatchObject({ memUsedKib: 70, memTotalKib: 100 });
  });

  test("are read where a cgroup's reading hides them, or one of the two is of another tick", () => {
    expect(valuesOf(levelsAfter({ ceiling: "cgroup:/nso memory.high" }), 0)).toBeUndefined();
    expect(valuesOf(levelsAfter({ atMs: 10_006 }), 0)).toBeDefined();
    expect(valuesOf(levelsAfter({ atMs: 10_007 }), 0)).toBeUndefined();
  });

  test("as read, are by the configured basis; what is not known is NaN", () => {
    const meminfo = parseMeminfo(
      "MemTotal: 100 kB\nMemFree: 10 kB\nMemAvailable: 20 kB\nCommitLimit: 50 kB\nHugetlb: 30 kB\n",
    );
    expect(readHostValues(meminfo, "available", 9)).toEqual({
      atMs: 9,
      memUsedKib: 80,
      memTotalKib: 100,
      committedKib: Number.NaN,
      commitLimitKib: Number.NaN,
    });
    expect(readHostValues(meminfo, "free", 9).memUsedKib).toBe(90);
  });
});
