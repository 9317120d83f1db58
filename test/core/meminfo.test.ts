import { describe, expect, test } from "bun:test";
import { allocatedUse, parseMeminfo, physicalUse } from "../../src/core/meminfo.ts";

const text = `MemTotal:       24684096 kB
MemFree:         1000000 kB
MemAvailable:   20000000 kB
Buffers:          100000 kB
Cached:          5000000 kB
SwapCached:            7 kB
SwapTotal:       2097148 kB
CommitLimit:    12342048 kB
Committed_AS:    2201344 kB
HugePages_Total:       4
Hugepagesize:       2048 kB
`;

describe("/proc/meminfo", () => {
  test("its fields are read in KiB", () => {
    expect(parseMeminfo(text)).toEqual({
      memTotalKib: 24684096,
      memFreeKib: 1000000,
      memAvailableKib: 20000000,
      committedKib: 2201344,
      commitLimitKib: 12342048,
      swapTotalKib: 2097148,
      hugePagesKib: 8192,
    });
  });

  test("a field whose name ends another's is not taken for it", () => {
    expect(parseMeminfo(`SwapMemTotal: 5 kB\n${text}`).memTotalKib).toBe(24684096);
  });

  test("before Linux 3.14 available memory is estimated from free, buffers and cache", () => {
    const old = text.replace(/^MemAvailable.*\n/m, "");
    expect(parseMeminfo(old).memAvailableKib).toBe(6100000);
  });

  test.each(["MemTotal", "MemFree", "Committed_AS", "CommitLimit"])("a missing %s is named", (field) => {
    const broken = text.replace(new RegExp(`^${field}:.*\\n`, "m"), "");
    expect(() => parseMeminfo(broken)).toThrow(`/proc/meminfo has no field ${field}`);
  });

  test("a field without a number is missing", () => {
    expect(() => parseMeminfo(text.replace("24684096", "lots"))).toThrow("MemTotal");
  });
});

describe("used memory", () => {
  const meminfo = parseMeminfo(text);
  test("page cache does not count by default", () =>
    expect(physicalUse(meminfo, "available")).toEqual({ usedKib: 4684096, limitKib: 24684096 }));
  test("page cache counts with the inherited basis", () =>
    expect(physicalUse(meminfo, "free")).toEqual({ usedKib: 23684096, limitKib: 24684096 }));
  test("allocated is Committed_AS of CommitLimit", () =>
    expect(allocatedUse(meminfo)).toEqual({ usedKib: 2201344, limitKib: 12342048 }));
});
