import { describe, expect, test } from "bun:test";
import { defaultConfig } from "../../src/core/config.ts";
import type { Level } from "../../src/core/level.ts";
import { createLevels } from "../../src/core/levels.ts";
import type { Reading } from "../../src/core/reading.ts";

const config = defaultConfig();
const reading = (level: Level, percent: number, atMs: number): Reading => ({
  kind: "physical",
  level,
  usedKib: percent * 100,
  limitKib: 10_000,
  thresholdPercent: level === "critical" ? 95 : 90,
  ceiling: "host",
  atMs,
  source: "tool",
});

describe("confirming an entry", () => {
  test("a reading that is not confirmed has not been entered, and the next one asks again", () => {
    const levels = createLevels(config);
    const asked: number[] = [];
    const doubt = (atMs: number) =>
      levels.take(reading("critical", 96, atMs), config, () => {
        asked.push(atMs);
        return reading("normal", 50, atMs);
      });
    levels.take(reading("normal", 50, 0), config, () => expect.unreachable());
    expect(doubt(1)).toEqual({ change: undefined, firings: [] });
    expect(doubt(2)).toEqual({ change: undefined, firings: [] });
    expect(asked).toEqual([1, 2]);
    const critical = reading("critical", 96, 3);
    const { change, firings } = levels.take(critical, config, () => critical);
    expect(change).toMatchObject({ from: "normal", to: "critical" });
    expect(firings.map(({ rule }) => rule.name)).toEqual(["crit_phy"]);
  });

  test("a critical reading that turns out a warning enters the warning", () => {
    const levels = createLevels(config);
    const { change, firings } = levels.take(reading("critical", 96, 0), config, () =>
      reading("warning", 92, 0),
    );
    expect(change).toMatchObject({ to: "warning" });
    expect(firings.map(({ rule }) => rule.name)).toEqual(["warning_phy"]);
  });

  test("going down is not asked about", () => {
    const levels = createLevels(config);
    const critical = reading("critical", 96, 0);
    levels.take(critical, config, () => critical);
    levels.take(reading("normal", 50, 1), config, () => expect.unreachable());
    const { change: left } = levels.take(reading("normal", 50, 20_000), config, () => expect.unreachable());
    expect(left).toMatchObject({ from: "critical", to: "normal", direction: "down" });
  });
});
