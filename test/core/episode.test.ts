import { describe, expect, test } from "bun:test";
import { initialKindState, type KindState, stepKind } from "../../src/core/episode.ts";
import { type Level, type Limits, levelOf } from "../../src/core/level.ts";
import type { Reading } from "../../src/core/reading.ts";
import type { Persistence } from "../../src/core/threshold.ts";

const limits: Limits = { warningPercent: 90, criticalPercent: 95 };
const persistence: Persistence = { recoveryPoints: 2, recoveryMs: 10_000, confirmReadings: 1 };

function reading(percent: number, atMs: number, { level }: { level?: Level } = {}): Reading {
  const use = { usedKib: percent * 10_000, limitKib: 1_000_000 };
  const judged = level ?? levelOf(use, limits);
  const thresholdPercent = judged === "critical" ? 95 : 90;
  return { kind: "physical", level: judged, ...use, thresholdPercent, ceiling: "host", atMs, source: "tool" };
}

/** Takes [percent, time] pairs and returns the levels after each. */
function levelsAfter(readings: readonly (readonly [percent: number, atMs: number])[]): (Level | null)[] {
  let state: KindState = initialKindState(limits);
  return readings.map(([percent, atMs]) => {
    state = stepKind(state, reading(percent, atMs), limits, persistence).state;
    return state.level;
  });
}

describe("a level is left", () => {
  test("two points below and after ten seconds, not a millisecond earlier", () => {
    expect(
      levelsAfter([
        [90, 0],
        [88, 1000],
        [88, 10_999],
        [88, 11_000],
      ]),
    ).toEqual(["warning", "warning", "warning", "normal"]);
  });

  test("not at 88.01 %, however long", () => {
    expect(
      levelsAfter([
        [90, 0],
        [88.01, 1000],
        [88.01, 100_000],
      ]).at(-1),
    ).toBe("warning");
  });

  test("only when the ten seconds were without a break", () => {
    expect(
      levelsAfter([
        [90, 0],
        [88, 1000],
        [89, 6000],
        [88, 6001],
        [88, 12_000],
      ]).at(-1),
    ).toBe("warning");
  });

  test("from critical to warning by itself, and from warning to normal by itself", () => {
    expect(
      levelsAfter([
        [96, 0],
        [92, 1000],
        [92, 11_000],
        [80, 12_000],
        [80, 22_000],
      ]),
    ).toEqual(["critical", "critical", "warning", "warning", "normal"]);
  });

  test("from critical straight to normal when both are clear for as long", () => {
    expect(
      levelsAfter([
        [96, 0],
        [50, 1000],
        [50, 11_000],
      ]).at(-1),
    ).toBe("normal");
  });

  test("later, not at once, when the clock is set back meanwhile", () => {
    expect(
      levelsAfter([
        [90, 100_000],
        [50, 101_000],
        [50, 1000],
        [50, 10_999],
        [50, 11_000],
      ]),
    ).toEqual(["warning", "warning", "warning", "warning", "normal"]);
  });
});

describe("an episode", () => {
  test("lasts from the first level above normal to the recovery", () => {
    let state = initialKindState(limits);
    const changes = [
      [50, 0],
      [91, 1000],
      [96, 2000],
      [50, 3000],
      [50, 13_000],
    ].map(([percent = 0, atMs = 0]) => {
      const step = stepKind(state, reading(percent, atMs), limits, persistence);
      state = step.state;
      return step.change;
    });
    expect(changes.map((change) => change && [change.from, change.to, change.episode?.id])).toEqual([
      [null, "normal", undefined],
      ["normal", "warning", "19700101T000001-000-physical"],
      ["warning", "critical", "19700101T000001-000-physical"],
      undefined,
      ["critical", "normal", "19700101T000001-000-physical"],
    ]);
    expect(state.episode).toBeNull();
  });
});

describe("a verdict of another tool", () => {
  test("is obeyed as it stands, and left below its own limit", () => {
    const critical = { ...reading(25, 0, { level: "critical" }), thresholdPercent: 24 };
    const entered = stepKind(initialKindState(limits), critical, limits, persistence);
    expect(entered.change).toMatchObject({ to: "critical" });
    const within = (percent: number, atMs: number) => ({ ...reading(percent, atMs), thresholdPercent: 20 });
    const above = stepKind(entered.state, within(22.5, 1000), limits, persistence).state;
    expect(stepKind(above, within(22.5, 20_000), limits, persistence).state.level).toBe("critical");
    const below = stepKind(entered.state, within(18, 1000), limits, persistence).state;
    expect(stepKind(below, within(18, 11_000), limits, persistence).state.level).toBe("normal");
  });
});

describe("an absolute limit", () => {
  test("is left two points below where both conditions meet", () => {
    // Less than 30,000 KiB free of 1,000,000 begins at 97 %.
    const both = { ...limits, criticalFreeKib: 30_000 };
    const critical = reading(98, 0, { level: "critical" });
    const { state } = stepKind(initialKindState(both), critical, both, persistence);
    const at = (percent: number) => {
      const first = stepKind(state, reading(percent, 1000, { level: "warning" }), both, persistence).state;
      return stepKind(first, reading(percent, 11_000, { level: "warning" }), both, persistence).state.level;
    };
    expect(at(95.1)).toBe("critical");
    expect(at(95)).toBe("warning");
  });
});

describe("a ceiling that has become 0", () => {
  test("is clear of every level, which is left after ten seconds", () => {
    const critical = reading(98, 0);
    const { state } = stepKind(initialKindState(limits), critical, limits, persistence);
    const none = (atMs: number): Reading => ({ ...critical, level: "normal", limitKib: 0, atMs });
    const first = stepKind(state, none(1000), limits, persistence).state;
    expect(stepKind(first, none(10_999), limits, persistence).state.level).toBe("critical");
    expect(stepKind(first, none(11_000), limits, persistence).state.level).toBe("normal");
  });
});
