import { describe, expect, test } from "bun:test";
import { defaultConfig, limitsOf, parseConfig, persistenceOf } from "../../src/core/config.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

const issuesOf = (document: unknown) => {
  const parsed = parseConfig(document, actionKinds);
  return "issues" in parsed ? parsed.issues.map(({ message }) => message) : [];
};

describe("the defaults", () => {
  test("are the inherited limits, and a warning below critical", () => {
    expect(limitsOf("physical", defaultConfig())).toMatchObject({ warningPercent: 90, criticalPercent: 95 });
    expect(persistenceOf("allocated", defaultConfig())).toEqual({
      recoveryPoints: 2,
      recoveryMs: 10_000,
      confirmReadings: 1,
    });
  });
  test("are accepted as what they are", () => {
    expect(issuesOf({})).toEqual([]);
  });
});

describe("units", () => {
  test("durations come out in milliseconds, sizes in KiB", () => {
    const parsed = parseConfig(
      { debug_dump: { interval: "1.5s" }, physical: { critical_free: "2GiB" } },
      actionKinds,
    );
    expect("config" in parsed && parsed.config.debug_dump.interval).toBe(1500);
    expect("config" in parsed && parsed.config.physical.critical_free).toBe(2 * 1024 ** 2);
  });
});

describe("bounds", () => {
  test("a percentage may have two decimals and not three", () => {
    expect(issuesOf({ physical: { warning_percent: 89.99 } })).toEqual([]);
    expect(issuesOf({ physical: { warning_percent: 89.999 } })).toEqual([
      "physical.warning_percent is 89.999; it has at most two decimals",
    ]);
  });
  test("100 % is a limit, 0 % is none", () => {
    expect(issuesOf({ physical: { critical_percent: 100 } })).toEqual([]);
    expect(issuesOf({ physical: { warning_percent: 0 } })).toEqual([
      "physical.warning_percent is 0; it must be more than 0 and at most 100",
    ]);
  });
  test("20 debug dumps are the most", () => {
    expect(issuesOf({ debug_dump: { count: 20 } })).toEqual([]);
    expect(issuesOf({ debug_dump: { count: 21 } })).toHaveLength(1);
  });
  test("the shortest interval of the tool is not above its longest", () => {
    expect(issuesOf({ tool: { interval_min: "1s", interval_max: "1s" } })).toEqual([]);
    expect(issuesOf({ tool: { interval_min: "2s", interval_max: "1s" } })).toHaveLength(1);
  });
  test("a rule may be about a forecast, and then about nothing else", () => {
    const rule = { name: "soon", kind: "physical", within: "30m", actions: ["debug-dump"] };
    expect(issuesOf({ rule: [rule] })).toEqual([]);
    expect(issuesOf({ rule: [{ ...rule, percent: 80 }] })).toEqual([
      'rule[1].within is "30m"; it is about what is to come and stands without percent and free; write two rules',
    ]);
    expect(issuesOf({ rule: [{ ...rule, within: "59s" }] })).toEqual([
      'rule[1].within is "59s"; it must be from 1m to 4h',
    ]);
    expect(issuesOf({ rule: [{ ...rule, within: undefined }] })).toEqual([
      'rule[1].percent is missing; it needs a limit: percent = 80, or free = "4GiB", or both; or a forecast: within = "30m"',
    ]);
  });

  test("a forecast may not end NSO", () => {
    const rule = { name: "soon", kind: "physical", within: "30m", actions: ["debug-dump", "crash-dump"] };
    expect(issuesOf({ rule: [rule] })).toEqual([
      'rule[1].actions is ["debug-dump","crash-dump"]; it must not hold an action that ends NSO in a rule with within: a forecast may be wrong; leave that to crit_phy',
    ]);
  });

  test("two rules of one name are one too many", () => {
    const rule = { name: "a", kind: "physical", percent: 50, actions: ["debug-dump"] };
    expect(issuesOf({ rule: [rule, { ...rule, name: "b" }] })).toEqual([]);
    expect(issuesOf({ rule: [rule, rule] })).toEqual([
      'rule[2].name is "a"; it is the name of an earlier rule',
    ]);
  });
  test("an executable's path is absolute", () => {
    expect(issuesOf({ actions: { info_phy: ["run:page"] } })).toEqual([
      'actions.info_phy[1] is "run:page"; it needs an absolute path: run:/PATH',
    ]);
  });
});

test("a key that Object.prototype has is unknown too", () => {
  expect(issuesOf({ constructor: {} })).toHaveLength(1);
  expect(issuesOf({ physical: { toString: 1 } })).toHaveLength(1);
});
