import { describe, expect, test } from "bun:test";
import { createIntake } from "../../src/agent/intake.ts";
import { parseLine } from "../../src/core/line.ts";
import type { Reading } from "../../src/core/reading.ts";
import { createSamples } from "../../src/core/samples.ts";
import { createSteadyTime } from "../../src/core/steady-time.ts";
import { clockOf } from "../fake-clock.ts";

const nowMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const info = "[MONITOR VERBOSE] [INFO] Physical Memory Usage 50 KB/100 KB(50%) is within 90% of MemTotal";
const at = (ms: number, line: string) => `${new Date(ms).toISOString().replace("Z", "+00:00")} ${line}`;

/** An intake between made-up neighbours, and what reached each of them. */
function intakeWith({
  foreign = false,
  keepLines = true,
  followedPid,
}: {
  foreign?: boolean;
  keepLines?: boolean;
  followedPid?: number;
} = {}) {
  const reached = {
    readings: [] as Reading[],
    news: [] as string[],
    kept: [] as string[],
    noticed: [] as number[],
  };
  const lines = { malformed: 0, old: 0 };
  const steady = createSteadyTime({ wallMs: nowMs, monotonicMs: nowMs });
  const measured = { samples: createSamples(), lines, steady, sight: { saw: () => {} } };
  const host = {
    ...clockOf(() => nowMs),
    journal: {
      say: (text: string) => void reached.news.push(text),
      monitor: (line: string) => void reached.kept.push(line),
    },
  };
  const core = { pid: 0, startTicks: 1, uid: 0, name: "ncs.smp", argv: [], confFile: undefined };
  const lifetime = {
    core: () => (followedPid === undefined ? undefined : { ...core, pid: followedPid }),
    notice: (pid: number) => void reached.noticed.push(pid),
  };
  const decider = { take: (reading: Reading) => void reached.readings.push(reading) };
  const publisher = { noteReading: () => {} };
  const intake = createIntake(
    { host, measured, settler: { ring: () => {} } },
    { decider, publisher, lifetime, foreign, keepLines },
  );
  return { intake, reached, lines, samples: measured.samples };
}

const sampleOf = (group: string, pid: number) =>
  `[SAMPLE] group=${group} pid=${pid} rss_kib=1 allocated_kib=2 children= name=x`;

describe("samples", () => {
  const taken = (options: Parameters<typeof intakeWith>[0], ...samples: [group: string, pid: number][]) => {
    const { intake, samples: kept } = intakeWith(options);
    for (const [group, pid] of samples) intake.line(at(nowMs, sampleOf(group, pid)));
    return kept.current(1000).map(({ pid }) => pid);
  };

  test("of the core that is followed and of its VMs are kept", () => {
    expect(taken({ followedPid: 7 }, ["core", 7], ["javavm", 8])).toEqual([7, 8]);
  });
  test("of VMs are kept before the tool has named a core", () => {
    expect(taken({ followedPid: 7 }, ["javavm", 8])).toEqual([8]);
  });
  test("of another core are not, nor those of its VMs", () => {
    expect(taken({ followedPid: 7 }, ["core", 9], ["javavm", 10])).toEqual([]);
  });
  test("are not kept while no core is followed", () => {
    expect(taken({}, ["core", 9], ["javavm", 10])).toEqual([]);
  });
  test("are kept again once the tool measures the followed core", () => {
    expect(taken({ followedPid: 7 }, ["core", 9], ["javavm", 10], ["core", 7], ["javavm", 8])).toEqual([
      7, 8,
    ]);
  });
});

describe("a line of the tool", () => {
  test("that is a reading is decided on, then kept", () => {
    const { intake, reached } = intakeWith();
    expect(intake.line(at(nowMs, info))).toBe("reading");
    expect(reached.readings).toMatchObject([{ kind: "physical", usedKib: 50, atMs: nowMs }]);
    expect(reached.kept).toEqual([at(nowMs, info)]);
  });

  test("that is a core's sample makes the agent look for that core", () => {
    const { intake, reached } = intakeWith();
    expect(intake.line(at(nowMs, sampleOf("javavm", 8)))).toBe("sample");
    expect(reached.noticed).toEqual([]);
    expect(intake.line(at(nowMs, sampleOf("core", 7)))).toBe("sample");
    expect(reached.noticed).toEqual([7]);
  });

  test("that is malformed is counted each time and reported once", () => {
    const { intake, reached, lines } = intakeWith();
    expect(intake.line("[MONITOR] half a li")).toBe("rubbish");
    expect(intake.line("[MONITOR] half a li")).toBe("rubbish");
    expect(lines.malformed).toBe(2);
    expect(reached.news).toHaveLength(1);
  });

  test("that claims nothing is none of a tool's own", () => {
    const { intake, reached, lines } = intakeWith();
    expect(intake.line("plot.sh: line 5: read error")).toBe("rubbish");
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

  test("of another tool whose time cannot be told is not acted on: it may be old", () => {
    const { intake, reached, lines } = intakeWith({ foreign: true });
    expect(intake.line(`05/06/2026 12:00:00 ${info}`)).toBe("rubbish");
    expect(intake.line(`Tue Foo 13 13:35:58 2026 ${info}`)).toBe("rubbish");
    expect({ taken: reached.readings.length, malformed: lines.malformed }).toEqual({
      taken: 0,
      malformed: 2,
    });
    expect(reached.news).toEqual([
      `the tool wrote a line that is not understood (its time cannot be told, so it may be an old line): 05/06/2026 12:00:00 ${info}`,
    ]);
  });

  test("of another tool that is of more than a minute ahead was stamped in another zone; a minute is taken", () => {
    const { intake, reached } = intakeWith({ foreign: true });
    expect(intake.line(at(nowMs + 60_001, info))).toBe("rubbish");
    expect(reached.readings).toEqual([]);
    expect(reached.news[0]).toContain("which is still to come");
    expect(intake.line(at(nowMs + 60_000, info))).toBe("reading");
    expect(reached.readings).toHaveLength(1);
  });

  test("of another tool without any time is of when it was written", () => {
    const { intake, reached, lines } = intakeWith({ foreign: true });
    expect(intake.line(info, nowMs - 60_000)).toBe("reading");
    expect(intake.line(info, nowMs - 60_001)).toBe("event");
    expect({ taken: reached.readings.map(({ atMs }) => atMs), old: lines.old }).toEqual({
      taken: [nowMs - 60_000],
      old: 1,
    });
  });

  test("about allocated memory alone says nothing of what every host has", () => {
    const { intake } = intakeWith();
    const line = "[MONITOR VERBOSE] [INFO] Committed_AS 1 KB/9 KB(11%) is within 90% of CommitLimit";
    expect(intake.line(at(nowMs, line))).toBe("event");
  });

  test("that is in another log already is not kept", () => {
    const { intake, reached } = intakeWith({ keepLines: false });
    intake.line(at(nowMs, info));
    expect(reached.kept).toEqual([]);
  });
});

test("processes that the agent measured by itself are kept, and in the log like the tool's", () => {
  const { intake, reached, samples } = intakeWith({ followedPid: 7 });
  const children = [{ pid: 9, rssKib: 1, allocatedKib: 2 }];
  const sample = { group: "pythonvm" as const, name: "vm", pid: 8, rssKib: 3, allocatedKib: 4 };
  intake.ownSamples([{ ...sample, children, atMs: nowMs }]);
  expect(samples.current(1000)).toMatchObject([{ pid: 8 }]);
  const [line = ""] = reached.kept;
  expect(parseLine(line, { latestMs: nowMs })).toEqual({
    kind: "sample",
    sample: { ...sample, children, atMs: nowMs },
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
