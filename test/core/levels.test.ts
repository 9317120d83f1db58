import { describe, expect, test } from "bun:test";
import { defaultConfig, parseConfig } from "../../src/core/config.ts";
import type { Level } from "../../src/core/level.ts";
import { createForecasters, createLevels } from "../../src/core/levels.ts";
import type { Reading } from "../../src/core/reading.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

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

describe("a rule about a forecast", () => {
  const parsed = parseConfig(
    { rule: [{ name: "soon", kind: "physical", within: "30m", actions: ["run:/a"] }] },
    actionKinds,
  );
  if (!("config" in parsed)) throw new Error("refused");
  const own = parsed.config;
  const minuteMs = 60_000;
  /** 0.1 points a minute from 80 %: warning after 100 min, critical after 150. */
  const leak = (minute: number) =>
    reading(minute < 100 ? "normal" : "warning", 80 + minute / 10, minute * minuteMs);

  test("fires once, without a look at what is now, and again after the forecast was gone", () => {
    const levels = createLevels(own);
    const fired: number[] = [];
    const take = (minute: number, one: Reading) => {
      const { firings } = levels.take(one, own, (entered) => {
        expect(entered.map(({ rule }) => rule.name)).not.toContain("soon");
        return one;
      });
      if (firings.some(({ rule }) => rule.name === "soon")) fired.push(minute);
    };
    for (let minute = 0; minute < 140; minute += 0.5) take(minute, leak(minute));
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeWithin(115, 125);
    expect(levels.forecast("physical")?.kibPerMinute).toBeCloseTo(10, 3);
    for (let minute = 140; minute < 1400; minute += 0.5)
      take(minute, reading("normal", 50, minute * minuteMs));
    expect(levels.forecast("physical")).toBeUndefined();
    expect(fired).toHaveLength(1);
  });

  test("what memory did outlives the levels of one start", () => {
    const forecasters = createForecasters();
    const before = createLevels(own, forecasters);
    for (let minute = 0; minute < 110; minute += 0.5) before.take(leak(minute), own, () => leak(minute));
    const after = createLevels(own, forecasters);
    const fired = [];
    for (let minute = 110; minute < 126; minute += 0.5)
      fired.push(...after.take(leak(minute), own, () => leak(minute)).firings.map(({ rule }) => rule.name));
    expect(fired).toContain("soon");
  });
});
