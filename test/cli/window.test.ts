import { describe, expect, test } from "bun:test";
import { parseMoment, parseWindow } from "../../src/cli/window.ts";

const now = new Date(2026, 10, 23, 13, 9, 51);
const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();
const moment = (text: string) => parseMoment("--since", text, now.getTime());

describe("a time", () => {
  test.each<[string, number]>([
    ["2h", now.getTime() - 7_200_000],
    ["30m", now.getTime() - 1_800_000],
    ["1.5d", now.getTime() - 129_600_000],
    ["13:05", at(2026, 10, 23, 13, 5)],
    ["13:09:51", at(2026, 10, 23, 13, 9, 51)],
    ["13:10", at(2026, 10, 22, 13, 10)],
    ["2026-11-20", at(2026, 10, 20)],
    ["2026-11-20T08:30", at(2026, 10, 20, 8, 30)],
    ["2026-11-20 08:30:15", at(2026, 10, 20, 8, 30, 15)],
    ["2026-11-20T08:30:00Z", Date.UTC(2026, 10, 20, 8, 30)],
    ["2026-11-20T08:30:00.500+01:00", Date.UTC(2026, 10, 20, 7, 30, 0, 500)],
  ])("%p", (text, expected) => {
    expect(moment(text)).toBe(expected);
  });

  test.each([
    "",
    "rubbish",
    "2x",
    "-2h",
    "25:00",
    "13:60",
    "2026-02-29",
    "2026-13-01",
    "2026-11-20T25:00",
    "20.11.2026",
    "1763900000000",
  ])("%p is none", (text) => {
    expect(() => moment(text)).toThrow(
      `--since takes "2h", "13:05", "2026-11-23" or "2026-11-23T13:05", not "${text}"`,
    );
  });
});

describe("a window", () => {
  test("may be open at either end", () => {
    expect(parseWindow({}, now.getTime())).toEqual({});
    expect(parseWindow({ until: "1h" }, now.getTime())).toEqual({ untilMs: now.getTime() - 3_600_000 });
  });

  test("whose end is not after its start is refused", () => {
    expect(() => parseWindow({ since: "1h", until: "2h" }, now.getTime())).toThrow("is not before --until");
    expect(() => parseWindow({ since: "1h", until: "1h" }, now.getTime())).toThrow("is not before --until");
  });
});
