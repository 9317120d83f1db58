/** The time of day is asked for in one place, and no duration is made of it: somebody may set it. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sourceDir = resolve(import.meta.dir, "../src");

/** Who may ask the system, and why. */
const asks: Record<string, string> = { "linux/host-clock.ts": "the clocks of this host" };

/** Who may calculate with the present time of day, and why that is no duration of ours. */
const calculates: Record<string, string> = {
  "agent/sources/tailed-file.ts": "when another program's lines were written, by the time of their file",
  "linux/dump-probe.ts": "how far the clock of a file server is off",
  "linux/uptime.ts": "what another boot, or an older version, wrote down: nothing else is known of it",
  "record/last-runs.ts": "what an older version wrote down",
  "record/history-writer.ts": "the age of recorded history, which `record/retention.ts` bounds",
  "rescue/core-end.ts": "which lines of the journal are asked for: those have the time of day",
  "rescue/crash-dump/prepare.ts": "the age of a file",
  "rescue/crash-dump/unfinished.ts": "a record of an older version, which has no other time",
};

const question = /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.timeOrigin\b/;
/** `wallMs() - x`, `x > clock.wallMs()`, `nowMs: wallMs()`: an operand, or a present time handed on under a plain name. */
const calculation =
  /\bwallMs\(\)\)?\s*(?:[-<>]|\+(?!\+))|[-+<>]=?\s*(?:\w+\.)*wallMs\(\)|\bMath\.\w+\([^)]*\bwallMs\(\)/;

const sources = (readdirSync(sourceDir, { recursive: true }) as string[]).filter((path) =>
  path.endsWith(".ts"),
);
const codeOf = (path: string) =>
  readFileSync(join(sourceDir, path), "utf8").replaceAll(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, "");
const where = (form: RegExp) => sources.filter((path) => form.test(codeOf(path)));

describe("the time of day", () => {
  test("is asked for in one place", () => {
    expect(where(question).filter((path) => !(path in asks))).toEqual([]);
  });

  test("is in no calculation but those with a reason", () => {
    expect(where(calculation).filter((path) => !(path in calculates))).toEqual([]);
  });

  test("has no reason that is left over", () => {
    const needed = new Set([...where(question), ...where(calculation), ...where(/\bclock\.wallMs\(\)/)]);
    expect(Object.keys({ ...asks, ...calculates }).filter((path) => !needed.has(path))).toEqual([]);
  });

  test("is found however it is written", () => {
    for (const line of ["Date.now()", "const now = Date.now;", "new Date()"])
      expect(question.test(line)).toBe(true);
    for (const line of [
      "if (wallMs() - sinceMs > 5000) return;",
      "const ageMs = host.wallMs() - atMs;",
      "if (atMs + keepMs < clock.wallMs()) return;",
      "const writtenMs = Math.min(mtimeMs, wallMs());",
    ])
      expect(calculation.test(line)).toBe(true);
    for (const line of [
      "formatTime(host.wallMs())",
      "incident.record(host.wallMs(), step)",
      "wallMs: () => wallMs,",
    ])
      expect(calculation.test(line)).toBe(false);
  });
});
