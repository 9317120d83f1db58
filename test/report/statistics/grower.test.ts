/** Who grew, told from a recording: each life of a process by itself, what is none of NSO's, and what is to come. */

import { expect, test } from "bun:test";
import type { ProcessSeries, Recording } from "../../../src/core/recording.ts";
import { analyse } from "../../../src/report/statistics/analysis.ts";
import { meta } from "../sample.ts";

const startMs = Date.parse("2026-01-13T12:00:00Z");
const minuteMs = 60_000;
const mib = 1024;
const limitKib = 20_000 * mib;

interface Made {
  minutes: number;
  usedMib: (minute: number) => number;
  processes: { name: string; rssMib: (minute: number) => number; livesFrom?: number[] }[];
}

/** A sample each half minute; all processes are Python VMs. */
function recordingOf({ minutes, usedMib, processes }: Made): Recording {
  const count = minutes * 2;
  const column = (valueAt: (minute: number) => number) =>
    Float64Array.from({ length: count }, (_, index) => valueAt(index / 2));
  const atMs = column((minute) => startMs + minute * minuteMs);
  return {
    sinceMs: startMs,
    untilMs: startMs + minutes * minuteMs,
    host: {
      atMs,
      memUsedKib: column((minute) => usedMib(minute) * mib),
      memTotalKib: column(() => limitKib),
      committedKib: column(() => 1000),
      commitLimitKib: column(() => 100_000),
    },
    processes: processes.map(
      ({ name, rssMib, livesFrom = [0] }): ProcessSeries => ({
        group: "pythonvm",
        name,
        pids: livesFrom.map((_, index) => 100 + index),
        livesFromMs: livesFrom.map((minute) => startMs + minute * minuteMs),
        atMs,
        rssKib: column((minute) => rssMib(minute) * mib),
        allocatedKib: column(() => 1000),
      }),
    ),
    events: [],
    runs: [{ startedMs: startMs, meta }],
    overcommitMode: 0,
  };
}
const textsOf = (made: Made) => analyse(recordingOf(made)).findings.map(({ text }) => text);

/** `leaky` loses 1,500 MiB in a restart and grows by 20 MiB/min from there; `calm` by 2 MiB/min all the time. */
const restarted: Made = {
  minutes: 120,
  usedMib: (minute) => 12_000 + (minute < 60 ? 0 : 20 * (minute - 60)) + 2 * minute,
  processes: [
    { name: "leaky", rssMib: (m) => (m < 60 ? 2000 : 500 + 20 * (m - 60)), livesFrom: [0, 60] },
    { name: "calm", rssMib: (m) => 200 + 2 * m },
  ],
};

test("a slope is that of the last life, so that the restarted process is the one that grows", () => {
  const fastest = textsOf(restarted).find((text) => text.includes("it alone uses up"));
  expect(fastest).toStartWith("Python VM leaky grows by 20.0 MiB/min");
});

test("a life of less than 10 min has no slope", () => {
  const fresh = { ...restarted, processes: [{ ...restarted.processes[0], livesFrom: [0, 115] }] };
  const { table } = analyse(recordingOf(fresh as Made));
  expect(
    table.find(({ id, what }) => id === "pythonvm:leaky" && what === "RSS")?.statistics.growth,
  ).toBeUndefined();
});

test("towards a peak the one is named that grew within its own life", () => {
  const leaky = (minute: number) => (minute < 100 ? 1100 : 100 + 60 * (minute - 100));
  const calm = (minute: number) => 200 + 10 * minute;
  const texts = textsOf({
    ...restarted,
    usedMib: (minute) => 15_835 + leaky(minute) + calm(minute),
    processes: [
      { name: "leaky", rssMib: leaky, livesFrom: [0, 100] },
      { name: "calm", rssMib: calm },
    ],
  });
  expect(texts.find((text) => text.startsWith("Physical memory was"))).toContain(
    "In the 30 min before, Python VM leaky grew by",
  );
});

test("what is none of NSO's is named where that grew, and has a series of its own", () => {
  const made: Made = {
    minutes: 120,
    usedMib: (minute) => 15_000 + 30 * minute,
    processes: [{ name: "calm", rssMib: () => 1000 }],
  };
  expect(textsOf(made).find((text) => text.startsWith("Physical memory was"))).toContain(
    "everything else on the host grew by 900 MiB of memory",
  );
  const { subjects } = analyse(recordingOf(made));
  expect(subjects.everythingElse?.kib[0]).toBe(14_000 * mib);
  expect(subjects.everythingElse?.kib.length).toBe(240);
  expect(analyse(recordingOf({ ...made, processes: [] })).subjects.everythingElse).toBeUndefined();
});

test("what would come after the end is forecast as a running agent does it, in place of a straight line", () => {
  const texts = textsOf({
    minutes: 120,
    usedMib: (minute) => 16_000 + 12 * minute,
    processes: [{ name: "l3vpn", rssMib: (minute) => 200 + 12 * minute }],
  });
  const forecasts = texts.filter((text) => text.includes("critical within about"));
  expect(forecasts).toEqual([
    "Physical memory at the end: critical within about 2 h 15 min at +12.0 MiB/min, Python VM l3vpn grows.",
  ]);
  expect(texts.filter((text) => text.startsWith("MemUsed grows"))).toEqual([]);
  expect(textsOf({ ...restarted, usedMib: () => 12_000 }).join()).not.toContain("critical within");
});
