import { describe, expect, test } from "bun:test";
import { defaultConfig } from "../../src/core/config.ts";
import { decisionRows, rowsOfTable } from "../../src/core/decision-row.ts";
import type { Reading } from "../../src/core/reading.ts";
import { rulesOf } from "../../src/core/rule.ts";

const reading: Reading = {
  kind: "allocated",
  level: "critical",
  usedKib: 96,
  limitKib: 100,
  thresholdPercent: 95,
  ceiling: "host",
  atMs: Date.UTC(2026, 10, 23, 13, 9, 51, 120),
  source: "tool",
};
const change = (to: "warning" | "critical", direction: "up" | "down") =>
  ({ kind: "allocated", from: "normal", to, direction, reading, episode: null, reachedUnder: null }) as const;

describe("a row of the table of decisions", () => {
  test("stands for a rule whose list is empty", () => {
    const rule = rulesOf(defaultConfig()).find(({ name }) => name === "crit_alloc");
    if (!rule) throw new Error("crit_alloc");
    const firing = { rule, level: "critical", reading, episodeId: null } as const;
    expect(decisionRows({ change: change("critical", "up"), firings: [{ firing, decisions: [] }] })).toEqual([
      "2026-11-23T13:09:51.120+00:00  allocated  normal>critical   crit_alloc        nothing listed",
    ]);
  });
  test("stands for a change that fires nothing", () => {
    expect(decisionRows({ change: change("warning", "down"), firings: [] })).toEqual([
      "2026-11-23T13:09:51.120+00:00  allocated  normal>warning    -                 nothing to do",
    ]);
  });
  test("is the same whatever stands around it", () => {
    const row = "2026-11-23T13:09:51.120+00:00  allocated  normal";
    expect(rowsOfTable(`# heading\ntime kind\n${row}\n\n`)).toEqual(rowsOfTable(row.replaceAll("  ", " ")));
  });
});
