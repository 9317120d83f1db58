import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { lineLengthMax, parseLine } from "../../src/core/line.ts";

const receivedAtMs = 1_000_000;
const parse = (line: string) => parseLine(line, { latestMs: receivedAtMs });
const readingOf = (line: string) => {
  const parsed = parse(line);
  return parsed.kind === "reading" ? parsed.reading : parsed;
};
const sampleOf = (line: string) => {
  const parsed = parse(line);
  return parsed.kind === "sample" ? parsed.sample : parsed;
};

const stamp = "2026-11-23T13:09:51.120+01:00";
const stampMs = Date.UTC(2026, 10, 23, 12, 9, 51, 120);

describe("a line of the original tool", () => {
  test.each([
    [
      "… [MONITOR VERBOSE] [INFO] Committed_AS 2201344 KB/12342048 KB(17%) is within 90% of CommitLimit",
      { kind: "allocated", level: "normal", usedKib: 2201344, limitKib: 12342048, thresholdPercent: 90 },
    ],
    [
      "… [MONITOR] [WARNING] Committed_AS 11300000 KB/12342048 KB(91%) exceeded 90% of CommitLimit",
      { kind: "allocated", level: "warning", usedKib: 11300000, limitKib: 12342048, thresholdPercent: 90 },
    ],
    [
      "… [MONITOR] [CRIT] Committed_AS 11900000 KB/12342048 KB(96%) exceeded 95% of CommitLimit",
      { kind: "allocated", level: "critical", usedKib: 11900000, limitKib: 12342048, thresholdPercent: 95 },
    ],
    [
      "… [MONITOR VERBOSE] [INFO] Physical Memory Usage 745700 KB/24684096 KB(3%) is within 90% of MemTotal",
      { kind: "physical", level: "normal", usedKib: 745700, limitKib: 24684096, thresholdPercent: 90 },
    ],
    [
      "Tue Jan 13 13:35:58 CET 2026 [MONITOR] [CRIT] Physical Memory Usage 14078960 KB/55521920 KB(25%) exceeded 24% of MemTotal",
      { kind: "physical", level: "critical", usedKib: 14078960, limitKib: 55521920, thresholdPercent: 24 },
    ],
  ] as const)("%s", (line, reading) => {
    expect(readingOf(line)).toMatchObject({ ...reading, ceiling: "host", source: "tool" });
  });

  test("is of the time it was received where its own cannot be read", () => {
    expect(
      readingOf("… [MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96%) exceeded 95% of CommitLimit"),
    ).toMatchObject({ atMs: receivedAtMs });
  });

  test("carries the verdict of that tool: it is obeyed, whatever the numbers say", () => {
    expect(
      readingOf("[MONITOR] [CRIT] Physical Memory Usage 1 KB/1000 KB(0%) exceeded 95% of MemTotal"),
    ).toMatchObject({ level: "critical" });
  });
});

describe("a line of ours", () => {
  test("has its own time, whatever the time of its arrival", () => {
    const rest = "[MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96%) exceeded 95% of CommitLimit";
    expect(readingOf(`${stamp} ${rest}`)).toMatchObject({ atMs: stampMs });
    expect(readingOf(`2026-11-23T12:09:51Z ${rest}`)).toMatchObject({ atMs: stampMs - 120 });
  });

  test("that names no moment has no time: it may be old", () => {
    const rest = "[MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96%) exceeded 95% of CommitLimit";
    expect(readingOf(`2026-99-99T12:09:51Z ${rest}`)).toMatchObject({ atMs: Number.NaN });
    expect(readingOf(`05/06/2026 12:09:51 ${rest}`)).toMatchObject({ atMs: Number.NaN });
  });

  test("behind half a line, which its tool left when it ended, is the whole one", () => {
    const rest = "[MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96%) exceeded 95% of CommitLimit";
    expect(readingOf(`${stamp} [MONITOR VERBOSE] [INFO] Physical Mem${stamp} ${rest}`)).toMatchObject({
      level: "critical",
      atMs: stampMs,
    });
  });

  test("names the cgroup that binds in the place of MemTotal, and may have decimals in its limit", () => {
    const line = `${stamp} [MONITOR] [WARNING] Physical Memory Usage 93 KB/100 KB(93%) exceeded 92.5% of cgroup:/a b/c`;
    expect(readingOf(line)).toMatchObject({ ceiling: "cgroup:/a b/c", thresholdPercent: 92.5 });
  });

  test("may be a sample of one process", () => {
    const line = `${stamp} [SAMPLE] group=core pid=8571 rss_kib=42244 allocated_kib=57252 children= name=ncs.smp`;
    expect(sampleOf(line)).toEqual({
      ...{ group: "core", pid: 8571, rssKib: 42244, allocatedKib: 57252, children: [] },
      ...{ name: "ncs.smp", atMs: stampMs },
    });
  });

  test("may be a sample of a Python VM with children and spaces in its name", () => {
    const line = `${stamp} [SAMPLE] group=pythonvm pid=9 rss_kib=30 allocated_kib=40 children=10:1:2,11:3:4 name= my  vm=x`;
    expect(sampleOf(line)).toMatchObject({
      name: " my  vm=x",
      children: [
        { pid: 10, rssKib: 1, allocatedKib: 2 },
        { pid: 11, rssKib: 3, allocatedKib: 4 },
      ],
    });
  });

  test("may be news", () => {
    expect(parse(`${stamp} [TOOL] core gone: pid 5, ncs.smp`)).toEqual({
      kind: "event",
      atMs: stampMs,
      text: "core gone: pid 5, ncs.smp",
    });
  });

  test("with a name that looks like a verdict is still the sample it begins as", () => {
    const line = `${stamp} [SAMPLE] group=pythonvm pid=9 rss_kib=1 allocated_kib=1 children= name=x [MONITOR] [CRIT] y`;
    expect(parse(line).kind).toBe("sample");
  });
});

describe("another line", () => {
  test.each(["", "Starting…", "plot.sh: line 5: read error", "[MONITORING] x", "[CRIT] without the tag"])(
    "%j claims nothing",
    (line) => {
      expect(parse(line)).toEqual({ kind: "other", line });
    },
  );

  test.each([
    ["[MONITOR] [CRIT] Committed_AS 96 KB/0 KB(0%) exceeded 95% of CommitLimit", "a limit of 0 KB"],
    ["[MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96%) exceeded 95% of", "not of the form"],
    ["[MONITOR] [CRIT] Committed_AS -6 KB/100 KB(96%) exceeded 95% of CommitLimit", "not of the form"],
    ["[MONITOR] [PANIC] Committed_AS 96 KB/100 KB(96%) exceeded 95% of CommitLimit", "not of the form"],
    ["[MONITOR] [CRIT] Committed_AS 96 KB/100 KB(96", "not of the form"],
    [`[MONITOR] [CRIT] Committed_AS ${"9".repeat(16)} KB/100 KB(9%) exceeded 95% of CommitLimit`, "not of"],
    ["[SAMPLE] group=core pid=x rss_kib=1 allocated_kib=1 children= name=y", "not of the form"],
    ["[SAMPLE] group=core pid=1 rss_kib=1 allocated_kib=1 children= name=", "not of the form"],
    ["[SAMPLE] group=erlang pid=1 rss_kib=1 allocated_kib=1 children= name=y", "unknown process group"],
    ["[SAMPLE] group=core pid=1 rss_kib=1 allocated_kib=1 children=5:6 name=y", "children are not"],
    [`[MONITOR] ${"x".repeat(lineLengthMax)}`, "longer than"],
  ])("%j is malformed: %s", (line, reason) => {
    const parsed = parse(line);
    expect(parsed.kind).toBe("malformed");
    expect(parsed).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  test("of any characters is a value, never an exception", () => {
    const tagged = fc
      .tuple(fc.constantFrom("[MONITOR] ", "[MONITOR VERBOSE] ", "[SAMPLE] ", "[TOOL] ", ""), fc.string())
      .map(([tag, text]) => tag + text);
    fc.assert(fc.property(tagged, (line) => typeof parse(line).kind === "string"));
  });

  test("of a million opening brackets is judged at once", () => {
    const startMs = performance.now();
    parse("[MONITOR".repeat(500));
    parse("[".repeat(1_000_000));
    expect(performance.now() - startMs).toBeLessThan(200);
  });
});
