import { expect, test } from "bun:test";
import { bindingCeiling, physicalReading } from "../../src/core/ceiling.ts";
import type { Limits } from "../../src/core/level.ts";
import type { Meminfo } from "../../src/core/meminfo.ts";

const limits: Limits = { warningPercent: 90, criticalPercent: 95 };
const host = (usedKib: number) => ({ name: "host", usedKib, limitKib: 24_000_000 });
const cgroup = (usedKib: number) => ({ name: "cgroup:/nso", usedKib, limitKib: 1_400_000 });

test("a half-empty small cgroup does not hide a full host", () => {
  expect(bindingCeiling([host(23_500_000), cgroup(700_000)], limits).name).toBe("host");
});

test("a full cgroup binds on an idle host", () => {
  expect(bindingCeiling([host(1_000_000), cgroup(1_390_000)], limits).name).toBe("cgroup:/nso");
});

test("at the same level the smaller headroom binds", () => {
  expect(bindingCeiling([host(1_000_000), cgroup(700_000)], limits).name).toBe("cgroup:/nso");
  expect(bindingCeiling([host(23_900_000), cgroup(1_330_000)], limits).name).toBe("cgroup:/nso");
  expect(bindingCeiling([host(23_990_000), cgroup(1_331_000)], limits).name).toBe("host");
});

const meminfo: Meminfo = {
  memTotalKib: 24_000_000,
  memFreeKib: 1_000_000,
  memAvailableKib: 2_400_000,
  committedKib: 1,
  commitLimitKib: 2,
  swapTotalKib: 0,
  hugePagesKib: 0,
  arcKib: 0,
};

test("exactly 90 % of the host is a warning and names the warning's limit", () => {
  const reading = physicalReading(meminfo, [], { limits, basis: "available", atMs: 7 });
  expect(reading).toMatchObject({
    level: "warning",
    thresholdPercent: 90,
    ceiling: "host",
    usedKib: 21_600_000,
    atMs: 7,
  });
});

test("one KiB less is normal", () => {
  const reading = physicalReading({ ...meminfo, memAvailableKib: 2_400_001 }, [], {
    limits,
    basis: "available",
    atMs: 7,
  });
  expect(reading).toMatchObject({ level: "normal", thresholdPercent: 90 });
});

test("a cgroup limit as large as the host is no ceiling", () => {
  const large = { name: "cgroup:/", usedKib: 23_999_999, limitKib: 24_000_000 };
  expect(physicalReading(meminfo, [large], { limits, basis: "available", atMs: 7 }).ceiling).toBe("host");
});
