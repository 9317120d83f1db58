import { expect, test } from "bun:test";
import { parseDateStamp } from "../../src/core/date-stamp.ts";

for (const [stamp, iso] of [
  ["Tue Jan 13 13:35:58 CET 2026 ", "2026-01-13T12:35:58.000Z"],
  ["Mon Nov  3 09:05:08 UTC 2026", "2026-11-03T09:05:08.000Z"],
  ["Tue Jul 14 13:35:58 CEST 2026", "2026-07-14T11:35:58.000Z"],
  ["Tue Jan 13 13:35:58 +0530 2026", "2026-01-13T08:05:58.000Z"],
  ["Tue 13 Jan 2026 01:35:58 PM CET", "2026-01-13T12:35:58.000Z"],
  ["Tue 13 Jan 2026 12:35:58 AM UTC", "2026-01-13T00:35:58.000Z"],
  ["Tue 13 Jan 2026 12:35:58 PM UTC", "2026-01-13T12:35:58.000Z"],
] as const)
  test(`${stamp.trim()} is ${iso}`, () => {
    expect(new Date(parseDateStamp(stamp) ?? 0).toISOString()).toBe(iso);
  });

test("a zone that is not known reads as this host's own", () => {
  const local = new Date(2026, 0, 13, 13, 35, 58).getTime();
  expect(parseDateStamp("Tue Jan 13 13:35:58 XYZ 2026")).toBe(local);
});

test("another word is no stamp", () => {
  expect(parseDateStamp("13:35:58 [MONITOR]")).toBeUndefined();
  expect(parseDateStamp("Tue Foo 13 13:35:58 CET 2026")).toBeUndefined();
});
