import { describe, expect, test } from "bun:test";
import { offsetAt, parsePosixZone } from "../../src/core/posix-zone.ts";

const minutesAt = (zone: string, iso: string) => {
  const parsed = parsePosixZone(zone);
  return parsed && offsetAt(parsed, Date.parse(iso));
};

describe("a zone as POSIX writes it", () => {
  const prague = "CET-1CEST,M3.5.0,M10.5.0/3";
  test("changes to the second, and back", () => {
    expect(minutesAt(prague, "2026-03-29T00:59:59Z")).toBe(60);
    expect(minutesAt(prague, "2026-03-29T01:00:00Z")).toBe(120);
    expect(minutesAt(prague, "2026-10-25T00:59:59Z")).toBe(120);
    expect(minutesAt(prague, "2026-10-25T01:00:00Z")).toBe(60);
  });

  test("has its summer over the turn of the year in the south", () => {
    const sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    expect(minutesAt(sydney, "2026-01-13T00:00:00Z")).toBe(660);
    expect(minutesAt(sydney, "2026-07-13T00:00:00Z")).toBe(600);
  });

  test.each([
    ["IST-5:30", 330],
    ["<+0545>-5:45", 345],
    ["<-03>3", -180],
    ["UTC0", 0],
    ["EST5EDT", -300],
    ["CET-1CEST", 60],
    ["XXX+3YYY,J60/0,J300", -180],
  ])("%s is %d minutes east in January", (zone, minutes) => {
    expect(minutesAt(zone, "2026-01-13T12:00:00Z")).toBe(minutes);
  });

  test("without a rule has that of the United States, as glibc has it", () => {
    expect(minutesAt("CET-1CEST", "2026-03-15T12:00:00Z")).toBe(120);
    expect(minutesAt("CET-1CEST", "2026-03-07T12:00:00Z")).toBe(60);
  });

  test.each(["", "Europe/Prague", "UTC", "/usr/share/zoneinfo/UTC", "C-1"])("%p is none", (text) => {
    expect(parsePosixZone(text)).toBeUndefined();
  });
});
