import { describe, expect, test } from "bun:test";
import { type Action, wordOf } from "../../src/core/action.ts";
import { type Config, defaultConfig, parseConfig } from "../../src/core/config.ts";
import type { LevelChange } from "../../src/core/episode.ts";
import type { Level } from "../../src/core/level.ts";
import { hasReached } from "../../src/core/limit.ts";
import type { Reading } from "../../src/core/reading.ts";
import { decide, decideAsked, firedBy, rulesOf, stepForecastRule, stepRule } from "../../src/core/rule.ts";
import { inheritedNames } from "../../src/core/rule-name.ts";
import { initialThreshold } from "../../src/core/threshold.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

const reading: Reading = {
  kind: "physical",
  level: "critical",
  usedKib: 960_000,
  limitKib: 1_000_000,
  thresholdPercent: 95,
  ceiling: "host",
  atMs: 5,
  source: "tool",
};
const episode = { id: "one", kind: "physical", startedAtMs: 5 } as const;
const change = (from: Level | null, to: Level, direction: "up" | "down"): LevelChange => ({
  kind: "physical",
  from,
  to,
  direction,
  reading,
  episode,
  reachedUnder: null,
});
const names = (fired: ReturnType<typeof firedBy>) => fired.map(({ rule }) => rule.name);
const calm = { nowMs: 1000, overcommitMode: 0, lastRunMs: {}, kinds: actionKinds } as const;

describe("the table of rules", () => {
  test("begins with the six inherited ones and their defaults", () => {
    const table = rulesOf(defaultConfig());
    expect(table.map(({ name }) => name)).toEqual([...inheritedNames]);
    expect(
      table
        .filter(({ actions }) => actions.length > 0)
        .map(({ name, actions }) => [name, ...actions.map(wordOf)]),
    ).toEqual([
      ["warning_phy", "debug-dump", "evidence"],
      ["crit_phy", "crash-dump"],
      ["warning_alloc", "debug-dump", "evidence"],
    ]);
  });
});

describe("a change of level fires", () => {
  const rules = rulesOf(defaultConfig());
  test("the entered level's rule alone on the way up", () => {
    expect(names(firedBy(change("normal", "critical", "up"), rules))).toEqual(["crit_phy"]);
  });
  test("nothing on the way down to warning", () => {
    expect(names(firedBy(change("critical", "warning", "down"), rules))).toEqual([]);
  });
  test("the info rule back at normal", () => {
    expect(names(firedBy(change("critical", "normal", "down"), rules))).toEqual(["info_phy"]);
  });
  test("nothing at the first reading of a run, when that is normal", () => {
    expect(names(firedBy(change(null, "normal", "down"), rules))).toEqual([]);
  });
});

describe("deciding", () => {
  const config = configOf({
    actions: { crit_phy: ["run:/a", "crash-dump", "callback"], crit_alloc: ["callback"] },
    rule: [{ name: "page", kind: "physical", percent: 80, actions: ["run:/a"], cooldown: "1h" }],
  });
  const fire = (name: string) => {
    const rule = rulesOf(config).find((known) => known.name === name);
    if (!rule) throw new Error(name);
    return { rule, level: "critical" as const, reading, episodeId: "one" };
  };

  test("keeps the order of the list", () => {
    expect(decide(fire("crit_phy"), config, calm).map(({ action }) => wordOf(action.do))).toEqual([
      "run:/a",
      "crash-dump",
      "callback",
    ]);
  });

  test("skips a dump within its cool-down, and one millisecond later does not", () => {
    const lastRunMs = { "physical/crash-dump": 0 };
    const verdict = (nowMs: number) =>
      decide(fire("crit_phy"), config, { ...calm, nowMs, lastRunMs })[1]?.verdict;
    expect(verdict(599_999)).toBe("skip");
    expect(verdict(600_000)).toBe("run");
  });

  test("a clock set back does not silence an action", () => {
    const lastRunMs = { "physical/crash-dump": 10_000 };
    expect(decide(fire("crit_phy"), config, { ...calm, nowMs: 9999, lastRunMs })[1]?.verdict).toBe("run");
  });

  test("an executable's cool-down belongs to its rule", () => {
    const lastRunMs = { "page/run:/a": 900 };
    expect(decide(fire("page"), config, { ...calm, lastRunMs })[0]).toMatchObject({ because: "cool-down" });
    expect(decide(fire("crit_phy"), config, { ...calm, lastRunMs })[0]).toMatchObject({ verdict: "run" });
  });

  test("allocated is advisory in modes 0 and 1 and acts in mode 2", () => {
    const verdicts = ([0, 1, 2] as const).map(
      (overcommitMode) => decide(fire("crit_alloc"), config, { ...calm, overcommitMode })[0]?.verdict,
    );
    expect(verdicts).toEqual(["skip", "skip", "run"]);
  });
});

describe("a rule about a forecast", () => {
  const parsed = parseConfig(
    { rule: [{ name: "soon", kind: "physical", within: "30m", actions: ["callback"] }] },
    actionKinds,
  );
  if (!("config" in parsed)) throw new Error("refused");
  const { config } = parsed;
  const forecast = (minutes: number) => ({ kibPerMinute: 1, inMs: minutes * 60_000, windowMs: 1 });
  const on = { withinMs: 1_800_000 };

  test("is entered at its time exactly, and left when there is no forecast any more", () => {
    const outside = stepForecastRule(initialThreshold, on, forecast(30.001), "normal");
    expect(outside.inside).toBe(false);
    const inside = stepForecastRule(outside, on, forecast(30), "warning");
    expect(inside.inside).toBe(true);
    const further = stepForecastRule(inside, on, forecast(45), "normal");
    expect(further.inside).toBe(true);
    expect(stepForecastRule(further, on, undefined, "normal").inside).toBe(false);
  });

  test("is not entered any more when memory is critical", () => {
    expect(stepForecastRule(initialThreshold, on, forecast(0), "critical").inside).toBe(false);
  });

  test("never leads to the signal, not even where its callback asks for it", () => {
    const action: Action = {
      do: { kind: "crash-dump" },
      rule: "soon",
      kind: "physical",
      level: "normal",
      episodeId: null,
      reading,
    };
    expect(decideAsked(action, config, calm)).toMatchObject({
      verdict: "skip",
      because: "forecast",
      reason: "soon is about a forecast, which may be wrong: the signal waits for what is measured",
    });
    expect(decideAsked({ ...action, rule: "crit_phy" }, config, calm).verdict).toBe("run");
    expect(decideAsked({ ...action, do: { kind: "debug-dump" } }, config, calm).verdict).toBe("run");
  });
});

describe("a rule's own limit", () => {
  const use = (usedKib: number) => ({ usedKib, limitKib: 1_000_000 });
  test("is reached exactly at its percentage", () => {
    const limit = { percent: 80, freeKib: undefined, confirmReadings: 1 };
    expect(hasReached(limit, use(800_000))).toBe(true);
    expect(hasReached(limit, use(799_999))).toBe(false);
  });
  test("needs both the percentage and less than so much free", () => {
    const limit = { percent: 80, freeKib: 150_000, confirmReadings: 1 };
    expect(hasReached(limit, use(850_000))).toBe(false);
    expect(hasReached(limit, use(850_001))).toBe(true);
  });
  test("by free memory alone is left two points below it", () => {
    const limit = { percent: 0, freeKib: 150_000, confirmReadings: 1 };
    const persistence = { recoveryPoints: 2, recoveryMs: 0, confirmReadings: 9 };
    const step = (usedKib: number) =>
      stepRule({ ...initialThreshold, inside: true }, limit, { ...reading, ...use(usedKib) }, persistence)
        .inside;
    expect(step(830_001)).toBe(true);
    expect(step(830_000)).toBe(false);
  });
  test("is never entered under a ceiling of 0, and left there", () => {
    const limit = { percent: 0, freeKib: 150_000, confirmReadings: 1 };
    const persistence = { recoveryPoints: 2, recoveryMs: 0, confirmReadings: 9 };
    const none = { ...reading, usedKib: 5, limitKib: 0 };
    expect(stepRule(initialThreshold, limit, none, persistence).inside).toBe(false);
    expect(stepRule({ ...initialThreshold, inside: true }, limit, none, persistence).inside).toBe(false);
  });
});

function configOf(document: unknown): Config {
  const parsed = parseConfig(document, actionKinds);
  if ("config" in parsed) return parsed.config;
  throw new Error(JSON.stringify(parsed.issues));
}
