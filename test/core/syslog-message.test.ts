import { expect, test } from "bun:test";
import { syslogMessage } from "../../src/core/syslog-message.ts";

/** In this process's own zone, as syslog(3) does it. */
const atMs = new Date(2026, 10, 8, 3, 4, 5).getTime();
const message = (text: string, tone: "info" | "warning" | "error" = "info") =>
  syslogMessage({ atMs, tone, text }, 4242);

test("has facility daemon with the severity, a time, a tag and the PID", () => {
  expect(message("ready")).toBe("<30>Nov  8 03:04:05 nsomem[4242]: ready");
  expect(message("x", "warning")).toStartWith("<28>");
  expect(message("x", "error")).toStartWith("<27>");
  expect(
    syslogMessage({ atMs: new Date(2026, 0, 31, 23, 59, 59).getTime(), tone: "info", text: "x" }, 1),
  ).toBe("<30>Jan 31 23:59:59 nsomem[1]: x");
});

test("is one line without what a terminal would obey, and within what daemons take", () => {
  expect(message("one\n  two\x1b[2J")).toBe("<30>Nov  8 03:04:05 nsomem[4242]: one / two\\x1b[2J");
  expect(Buffer.byteLength(message("ü\n".repeat(100_000)))).toBeLessThan(8192);
});
