import { afterEach, describe, expect, spyOn, test } from "bun:test";
import { createOwnSampling, type OwnSampling } from "../../../src/agent/sources/own-sampling.ts";
import { defaultConfig } from "../../../src/core/config.ts";
import type { Level } from "../../../src/core/level.ts";
import type { Reading } from "../../../src/core/reading.ts";
import type { Measurement } from "../../../src/linux/meter.ts";
import { until } from "../../lab/part.ts";

const samplings: OwnSampling[] = [];
afterEach(() => {
  for (const sampling of samplings.splice(0)) sampling.stop();
});

const readingOf = (level: Level, source: Reading["source"]): Reading => ({
  kind: "physical",
  level,
  usedKib: 50,
  limitKib: 100,
  thresholdPercent: 90,
  ceiling: "host",
  atMs: 0,
  source,
});

/** The agent measures `own`, the tool has said `tool` last; each cadence is `waitMs`. */
function sampling({ mayCorrect = true, waitMs = 20 } = {}) {
  const world = { own: "normal" as Level | Error, tool: "normal" as Level, needed: false, processes: 0 };
  const taken: Level[] = [];
  const failures: string[] = [];
  let looks = 0;
  const made = createOwnSampling({
    meter: {
      measure() {
        looks++;
        if (world.own instanceof Error) throw world.own;
        const physical = readingOf(world.own, "in-process");
        return { readings: { physical, allocated: undefined } } as Measurement;
      },
      waitMs: () => waitMs,
    },
    config: defaultConfig,
    monotonicMs: () => performance.now(),
    isNeeded: () => world.needed,
    mayCorrect,
    latest: () => readingOf(world.tool, "tool"),
    onReading({ level }) {
      taken.push(level);
      world.tool = level;
    },
    onProcesses: () => void world.processes++,
    onSight: () => {},
    onFailure: (reason) => void failures.push(reason),
  });
  samplings.push(made);
  return { made, world, taken, failures, looks: () => looks };
}

describe("beside a tool that delivers", () => {
  test("nothing is taken while both say the same, and processes are the tool's to measure", async () => {
    const { made, world, taken, looks } = sampling();
    made.wake();
    await until("three looks", () => looks() >= 3);
    expect({ taken, processes: world.processes, alone: made.isAlone() }).toEqual({
      taken: [],
      processes: 0,
      alone: false,
    });
  });

  test("a worse level that the tool does not say within its cadence is said in its place", async () => {
    const { made, world, taken, looks } = sampling();
    made.wake();
    world.own = "critical";
    await until("the level", () => taken.length > 0);
    expect(taken).toEqual(["critical"]);
    const seen = looks();
    await until("two more looks", () => looks() >= seen + 2);
    expect(taken).toEqual(["critical"]);
  });

  test("after a level of the tool's that was not found again it looks as often as the tool, and waits for no word", async () => {
    const { made, world, taken, looks } = sampling({ waitMs: 60_000 });
    made.wake();
    made.insist();
    await until("three looks, though the next one was far off", () => looks() >= 4);
    expect(taken).toEqual([]);
    world.own = "critical";
    const seen = looks();
    await until("the level", () => taken.length > 0);
    expect({ taken, looks: looks() - seen }).toEqual({ taken: ["critical"], looks: 1 });
  });

  test("it insists for the length of a full tick, and beside a tool with limits of its own not at all", async () => {
    const { made, looks } = sampling({ waitMs: 60_000 });
    made.insist();
    await Bun.sleep(defaultConfig().tool.interval_max + 100);
    const seen = looks();
    await Bun.sleep(200);
    expect(looks()).toBe(seen);
    const other = sampling({ waitMs: 60_000, mayCorrect: false });
    other.made.insist();
    await Bun.sleep(100);
    expect(other.looks()).toBe(0);
  });

  test("one that the tool says in time is the tool's", async () => {
    const { made, world, taken, looks } = sampling({ waitMs: 400 });
    world.own = "critical";
    made.wake();
    expect(taken).toEqual([]);
    world.tool = "critical";
    await until("two more looks", () => looks() >= 3);
    expect(taken).toEqual([]);
  });

  test("it may ride on the tool's ticks, and looks by itself where they do not come", async () => {
    const { made, looks } = sampling({ waitMs: 1000 });
    made.wake();
    made.ride();
    expect(looks()).toBe(1);
    await Bun.sleep(750);
    made.ride();
    expect(looks()).toBe(2);
    await until("a look without a ride", () => looks() === 3);
  });

  test("far from every limit it leaves the tool's next tick the time to come; near one it does not", () => {
    const timers = spyOn(globalThis, "setTimeout");
    try {
      const delayMs = (waitMs: number) => {
        sampling({ waitMs }).made.wake();
        return timers.mock.lastCall?.[1];
      };
      expect(delayMs(defaultConfig().tool.interval_max)).toBe(1100);
      expect(delayMs(400)).toBe(400);
    } finally {
      timers.mockRestore();
    }
  });

  test("a tool with limits of its own is not corrected", async () => {
    const { made, world, taken, looks } = sampling({ mayCorrect: false });
    world.own = "critical";
    made.wake();
    await until("three looks", () => looks() >= 3);
    expect(taken).toEqual([]);
  });
});

describe("in the place of a tool", () => {
  test("each reading is taken at the tool's cadence, and processes once a second", async () => {
    const { made, world, taken } = sampling();
    world.needed = true;
    made.wake();
    expect(made.isAlone()).toBe(true);
    await until("five readings", () => taken.length >= 5);
    expect(world.processes).toBe(1);
    await until("processes again", () => world.processes === 2);
  });

  test("what fails is told with its reason and tried again", async () => {
    const { made, world, taken, failures } = sampling();
    world.needed = true;
    world.own = new Error("no meminfo");
    made.wake();
    expect(failures).toEqual(["no meminfo"]);
    world.own = "warning";
    await until("a reading", () => taken.length > 0);
  });
});
