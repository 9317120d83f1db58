import { describe, expect, test } from "bun:test";
import { lineLengthMax } from "../../src/core/line.ts";
import { logLine, timeOfEntry } from "../../src/core/log-line.ts";
import { hostileTexts } from "./hostile-texts.ts";

const atMs = Date.parse("2026-11-28T23:51:06.120+00:00");
const entry = { atMs, tone: "warning", text: 'physical 91.0 % "warning"' } as const;

test("as text an entry has its time and tone in front", () =>
  expect(logLine(entry, "text")).toMatch(/^2026-11-2\dT\S+ \[WARNING\] physical 91\.0 % "warning"$/));

test("as JSON it is an object of time, level and message", () => {
  const { time, ...rest } = JSON.parse(logLine(entry, "json"));
  expect(Date.parse(time)).toBe(atMs);
  expect(rest).toEqual({ level: "warning", message: 'physical 91.0 % "warning"' });
});

test.each(["text", "json"] as const)("the time of an entry as %s is found", (format) =>
  expect(timeOfEntry(logLine(entry, format))).toBe(atMs),
);

test.each(["", "    more", '{"message":"2026-11-28T23:51:06"}', "2026-13-45T99:99:99Z"])(
  "%p has none",
  (line) => expect(timeOfEntry(line)).toBeUndefined(),
);

describe("JSON is whole, on one line, and no longer than a log's lines", () => {
  const texts = [
    "one\ntwo\n\tthree",
    '"\\'.repeat(5000),
    "\n".repeat(5000),
    "\u{1f600}".repeat(5000),
    "\u0000\u001b".repeat(5000),
  ];
  const made = texts.map((text, index) => ({ what: `made-up text ${index + 1}`, text }));
  test.each([...hostileTexts, ...made])("with $what", ({ text }) => {
    const line = logLine({ ...entry, text }, "json");
    expect(JSON.parse(line).level).toBe("warning");
    expect(line.length).toBeLessThanOrEqual(lineLengthMax);
    expect(line).not.toMatch(/[\n\x00-\x1f\x7f]/);
  });
});
