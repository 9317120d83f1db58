import { expect, test } from "bun:test";
import {
  cgroupCeiling,
  cgroupPathOf,
  isHostCeiling,
  isSameCeiling,
  shownCeiling,
} from "../../src/core/ceiling-name.ts";
import { formatReading, parseLine } from "../../src/core/line.ts";
import type { Reading } from "../../src/core/reading.ts";

const time = "2026-11-23T13:09:51.120+00:00";
const names = [
  "host",
  "MemTotal-Hugetlb",
  "cgroup:/kubepods/pod 1/nso",
  "cgroup:/ncs.service memory.high",
  "cgroup:/../nso",
];

test.each(names)("%s comes back from a line as it went into it", (ceiling) => {
  const reading: Reading = {
    kind: "physical",
    level: "critical",
    usedKib: 96,
    limitKib: 100,
    thresholdPercent: 95,
    ceiling,
    atMs: Date.parse(time),
    source: "tool",
  };
  expect(parseLine(formatReading(reading, time), { latestMs: 0 })).toEqual({ kind: "reading", reading });
});

test("a cgroup's path is in its name, whichever file its limit is in", () => {
  expect(cgroupCeiling("/a b", "memory.max")).toBe("cgroup:/a b");
  expect(cgroupCeiling("/a b", "memory.limit_in_bytes")).toBe("cgroup:/a b");
  expect(cgroupCeiling("/", "memory.high")).toBe("cgroup:/ memory.high");
  expect(names.map(cgroupPathOf)).toEqual([
    undefined,
    undefined,
    "/kubepods/pod 1/nso",
    "/ncs.service",
    "/../nso",
  ]);
});

test("the host is one ceiling, with huge pages or without; memory.max and memory.high are two", () => {
  expect(names.filter(isHostCeiling)).toEqual(["host", "MemTotal-Hugetlb"]);
  expect(isSameCeiling("host", "MemTotal-Hugetlb")).toBe(true);
  expect(isSameCeiling("cgroup:/a", "cgroup:/a")).toBe(true);
  expect(isSameCeiling("cgroup:/a", "cgroup:/a memory.high")).toBe(false);
  expect(isSameCeiling("cgroup:/a", "host")).toBe(false);
});

test("people are told the field that the host's limit is in", () => {
  expect(shownCeiling("physical", "host")).toBe("MemTotal");
  expect(shownCeiling("allocated", "host")).toBe("CommitLimit");
  expect(shownCeiling("physical", "cgroup:/a")).toBe("cgroup:/a");
});
