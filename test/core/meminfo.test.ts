import { describe, expect, test } from "bun:test";
import { allocatedUnknown, allocatedUse, parseMeminfo, physicalUse } from "../../src/core/meminfo.ts";

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
      arcKib: 0,
    });
  });

  test("a field whose name ends another's is not taken for it", () => {
    expect(parseMeminfo(`SwapMemTotal: 5 kB\n${text}`).memTotalKib).toBe(24684096);
  });

  test("before Linux 3.14 available memory is estimated from free, buffers and cache", () => {
    const old = text.replace(/^MemAvailable.*\n/m, "");
    expect(parseMeminfo(old).memAvailableKib).toBe(6100000);
  });

  test.each(["MemTotal", "MemFree"])("a missing %s is named", (field) => {
    const broken = text.replace(new RegExp(`^${field}:.*\\n`, "m"), "");
    expect(() => parseMeminfo(broken)).toThrow(`/proc/meminfo has no field ${field}`);
  });

  test.each(["0", "1000000000000", "18446744073709551615"])(
    "a MemTotal of %s kB is not measured",
    (total) => {
      expect(() => parseMeminfo(text.replace("24684096", total))).toThrow("MemTotal");
    },
  );

  test("a field without a number is missing", () => {
    expect(() => parseMeminfo(text.replace("24684096", "lots"))).toThrow("MemTotal");
  });
});

describe("used memory", () => {
  const meminfo = parseMeminfo(text);
  test("page cache does not count by default", () =>
    expect(physicalUse(meminfo, "available")).toEqual({ usedKib: 4675904, limitKib: 24675904 }));
  test("page cache counts with the inherited basis", () =>
    expect(physicalUse(meminfo, "free")).toEqual({ usedKib: 23675904, limitKib: 24675904 }));
  test("allocated is Committed_AS of CommitLimit", () =>
    expect(allocatedUse(meminfo)).toEqual({ usedKib: 2201344, limitKib: 12342048 }));
});

describe("huge pages", () => {
  test("are no part of the limit, nor used", () => {
    const host = text.replace("HugePages_Total:       4", "HugePages_Total:    1000");
    expect(physicalUse(parseMeminfo(host), "available")).toEqual({
      usedKib: 2_636_096,
      limitKib: 22_636_096,
    });
  });
  test("of all sizes are counted where the kernel says so", () => {
    expect(parseMeminfo(`${text}Hugetlb:        20000000 kB\n`).hugePagesKib).toBe(20_000_000);
  });
  test("that would take all of the memory, or are no number, are none", () => {
    for (const absurd of ["24684096", "18446744073709549908"])
      expect(parseMeminfo(`${text}Hugetlb: ${absurd} kB\n`).hugePagesKib).toBe(0);
    expect(parseMeminfo(`${text}Hugetlb: 24684095 kB\n`).hugePagesKib).toBe(24_684_095);
  });
});

describe("ZFS's cache", () => {
  test("counts as available, but not with the inherited basis", () => {
    const host = parseMeminfo(text, 4_000_000);
    expect(physicalUse(host, "available").usedKib).toBe(675_904);
    expect(physicalUse(host, "free").usedKib).toBe(23_675_904);
  });
  test("that leaves nothing used is all there is, and one as large as the host is none", () => {
    expect(physicalUse(parseMeminfo(text, 20_000_000), "available").usedKib).toBe(0);
    expect(parseMeminfo(text, 24_684_096).arcKib).toBe(0);
  });
});

describe("allocated memory that the kernel does not say", () => {
  const without = (field: string, value?: string) =>
    parseMeminfo(
      text.replace(new RegExp(`^${field}:.*\\n`, "m"), value === undefined ? "" : `${field}: ${value} kB\n`),
    );
  test.each([
    ["Committed_AS", undefined],
    ["CommitLimit", undefined],
    ["Committed_AS", "18446744073709549908"],
    ["Committed_AS", "9007199254740992"],
    ["CommitLimit", "18446744073709551615"],
    ["CommitLimit", "1000000000000"],
  ])("is not judged, and physical memory is: %s is %s", (field, value) => {
    const host = without(field, value);
    expect(allocatedUse(host)).toBeUndefined();
    expect(allocatedUnknown(host)).toBe(`/proc/meminfo has no ${field} that can be true`);
    expect(physicalUse(host, "available").limitKib).toBe(24_675_904);
  });
  test("is unknown under a limit of 0, and known one KiB below the absurd", () => {
    expect(allocatedUnknown(without("CommitLimit", "0"))).toBe("CommitLimit is 0 kB");
    expect(allocatedUse(without("CommitLimit", "999999999999"))?.limitKib).toBe(999_999_999_999);
    expect(allocatedUnknown(parseMeminfo(text))).toBeUndefined();
  });
});
