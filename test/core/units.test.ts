import { describe, expect, test } from "bun:test";
import {
  formatDuration,
  formatKib,
  formatTime,
  parseDurationMs,
  parseSizeKib,
  percentOf,
} from "../../src/core/units.ts";

describe("sizes", () => {
  test.each([
    ["2GiB", 2 * 1024 * 1024],
    ["512 MiB", 512 * 1024],
    ["64K", 64],
    ["1.5g", 1.5 * 1024 * 1024],
    ["1B", 1],
  ])("%s is %d KiB", (text, kib) => expect(parseSizeKib(text)).toBe(kib));

  test.each(["2", "GiB", "2 apples", "-1GiB", "", "1e3M"])("%p is refused by name", (text) =>
    expect(() => parseSizeKib(text)).toThrow(`"${text}" is not a size`),
  );

  test.each([
    [0, "0 B"],
    [300 / 1024, "300 B"],
    [1023 / 1024, "1023 B"],
    [1, "1 KiB"],
    [1023, "1023 KiB"],
    [1024, "1.0 MiB"],
    [1024 * 1024 - 1, "1024 MiB"],
    [1024 * 1024, "1.0 GiB"],
    [24684096, "23.5 GiB"],
  ])("%d KiB reads as %s", (kib, text) => expect(formatKib(kib)).toBe(text));
});

describe("durations", () => {
  test.each([
    ["1s", 1000],
    ["10m", 600_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["14d", 14 * 86_400_000],
  ])("%s is %d ms", (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  test.each(["10", "s", "-1s", "1 fortnight"])("%p is refused by name", (text) =>
    expect(() => parseDurationMs(text)).toThrow(`"${text}" is not a duration`),
  );

  test.each([
    [999, "999 ms"],
    [1000, "1.0 s"],
    [59_999, "60 s"],
    [60_000, "1 min 0 s"],
    [3_600_000, "1 h 0 min"],
    [90_000_000, "1 d 1 h"],
  ])("%d ms reads as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("times", () => {
  const at = Date.parse("2026-11-23T13:09:51.120Z");
  test.each([
    [0, "2026-11-23T13:09:51.120+00:00"],
    [60, "2026-11-23T14:09:51.120+01:00"],
    [-210, "2026-11-23T09:39:51.120-03:30"],
    [345, "2026-11-23T18:54:51.120+05:45"],
  ])("an offset of %d minutes is written as %s", (offset, text) => {
    expect(formatTime(at, offset)).toBe(text);
    expect(Date.parse(text)).toBe(at);
  });
});

describe("percent", () => {
  test("89.99 % does not read as the limit it has not reached", () =>
    expect(percentOf(8999, 10_000)).toBe(89.9));
  test("exactly 90 % reads as 90", () => expect(percentOf(9000, 10_000)).toBe(90));
  test("a limit of 0 reads as 0, not as NaN", () => expect(percentOf(5, 0)).toBe(0));
});
