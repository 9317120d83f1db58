import { describe, expect, test } from "bun:test";
import { createIntake } from "../../src/agent/intake.ts";
import type { Reading } from "../../src/core/reading.ts";
import { createSamples } from "../../src/core/samples.ts";

const nowMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const info = "[MONITOR VERBOSE] [INFO] Physical Memory Usage 50 KB/100 KB(50%) is within 90% of MemTotal";
const at = (ms: number, line: string) => `${new Date(ms).toISOString().replace("Z", "+00:00")} ${line}`;

/** An intake between made-up neighbours, and what reached each of them. */
function intakeWith({ foreign = false, keepLines = true } = {}) {
  const reached = { readings: [] as Reading[], news: [] as string[], kept: [] as string[], searches: 0 };
  const lines = { malformed: 0, old: 0 };
  const measured = { samples: createSamples(), lines };
  const host = {
    now: () => nowMs,
    journal: {
      say: (text: string) => void reached.news.push(text),
      monitor: (line: string) => void reached.kept.push(line),
    },
  };
  const lifetime = { search: () => void reached.searches++ };
  const decider = { take: (reading: Reading) => void reached.readings.push(reading) };
  const publisher = { noteReading: () => {} };
  const intake = createIntake(
    { host, measured, settler: { ring: () => {} } },
    { decider, publisher, lifetime, foreign, keepLines },
  );
  return { intake, reached, lines, samples: measured.samples };
}

describe("a line of the tool", () => {
  test("that is a reading is decided on, then kept", () => {
    const { intake, reached } = intakeWith();
    expect(intake.line(at(nowMs, info))).toBe(true);
    expect(reached.readings).toMatchObject([{ kind: "physical", usedKib: 50, atMs: nowMs }]);
    expect(reached.kept).toEqual([at(nowMs, info)]);
  });

  test("that is a core's sample makes the agent look for that core", () => {
    const { intake, reached, samples } = intakeWith();
    const sample = (group: string) =>
      `[SAMPLE] group=${group} pid=7 rss_kib=1 allocated_kib=2 children= name=x`;
    expect(intake.line(at(nowMs, sample("javavm")))).toBe(true);
    expect(reached.searches).toBe(0);
    expect(intake.line(at(nowMs, sample("core")))).toBe(true);
    expect(reached.searches).toBe(1);
    expect(samples.current(1000)).toHaveLength(1);
  });

  test("that is malformed is counted each time and reported once", () => {
    const { intake, reached, lines } = intakeWith();
    expect(intake.line("[MONITOR] half a li")).toBe(false);
    expect(intake.line("[MONITOR] half a li")).toBe(false);
    expect(lines.malformed).toBe(2);
    expect(reached.news).toHaveLength(1);
  });

  test("that claims nothing is none of a tool's own", () => {
    const { intake, reached, lines } = intakeWith();
    expect(intake.line("plot.sh: line 5: read error")).toBe(false);
    expect(lines.malformed).toBe(0);
    expect(reached.readings).toEqual([]);
  });

  test("of another tool is not acted on when it is older than a minute, exactly a minute is", () => {
    const { intake, reached, lines } = intakeWith({ foreign: true });
    intake.line(at(nowMs - 60_001, info));
    expect({ old: lines.old, taken: reached.readings.length }).toEqual({ old: 1, taken: 0 });
    intake.line(at(nowMs - 60_000, info));
    expect({ old: lines.old, taken: reached.readings.length }).toEqual({ old: 1, taken: 1 });
  });

  test("that is in another log already is not kept", () => {
    const { intake, reached } = intakeWith({ keepLines: false });
    intake.line(at(nowMs, info));
    expect(reached.kept).toEqual([]);
  });
});

test("a reading that the agent took by itself is in the log like one of the tool's", () => {
  const { intake, reached } = intakeWith();
  const line = at(nowMs, info);
  intake.line(line);
  const [reading] = reached.readings;
  if (!reading) throw new Error("no reading");
  intake.ownReading({ ...reading, source: "in-process" });
  expect(reached.readings).toHaveLength(2);
  expect(reached.kept[1]).toContain("[INFO] Physical Memory Usage 50 KB/100 KB(50%)");
});
