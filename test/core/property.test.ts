/** What holds for any sequence of readings. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Config, limitsOf, parseConfig } from "../../src/core/config.ts";
import { levelOf, severity } from "../../src/core/level.ts";
import { createLevels } from "../../src/core/levels.ts";
import type { MemoryKind, Reading } from "../../src/core/reading.ts";
import { decide, type Firing, isLimit } from "../../src/core/rule.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

const config = configOf({
  physical: { recovery_time: "3s" },
  allocated: { recovery_time: "3s", enforce: "always" },
  debug_dump: { cooldown: "0s" },
  crash_dump: { cooldown: "0s" },
  actions: { info_phy: ["callback"], crit_alloc: ["run:/bin/true"] },
  rule: [{ name: "early", kind: "physical", percent: 80, actions: ["run:/bin/true"] }],
});

interface Step {
  kind: MemoryKind;
  percent: number;
  afterMs: number;
}

/** Many values near the limits, where the mistakes are. */
const percents = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom(0, 77.9, 78, 79.99, 80, 87.9, 88, 89.99, 90, 92.9, 93, 94.99, 95, 100),
);
const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom("physical", "allocated"),
    percent: percents,
    afterMs: fc.integer({ min: 0, max: 5000 }),
  }),
  { maxLength: 60 },
);

interface Fired extends Firing {
  index: number;
}

/** Runs the steps and returns what fired at which. */
function run(sequence: readonly Step[], current: Config = config) {
  const levels = createLevels(current);
  const fired: Fired[] = [];
  const readings: Reading[] = [];
  let atMs = 0;
  for (const [index, { kind, percent, afterMs }] of sequence.entries()) {
    atMs += afterMs;
    const reading = toReading(kind, percent, atMs, current);
    readings.push(reading);
    const { firings } = levels.take(reading, current, () => reading);
    fired.push(...firings.map((firing) => ({ ...firing, index })));
  }
  return { fired, readings, levels };
}

function toReading(kind: MemoryKind, percent: number, atMs: number, current: Config): Reading {
  const use = { usedKib: Math.round(percent * 10_000), limitKib: 1_000_000 };
  const limits = limitsOf(kind, current);
  const level = levelOf(use, limits);
  const thresholdPercent = level === "critical" ? limits.criticalPercent : limits.warningPercent;
  return { kind, level, ...use, thresholdPercent, ceiling: "host", atMs, source: "tool" };
}

test("no rule fires twice without a recovery between", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const { fired, readings } = run(sequence);
      const rules = Map.groupBy(fired, ({ rule }) => rule.name);
      for (const firings of rules.values())
        for (const [nth, { index, rule }] of firings.entries()) {
          const before = firings[nth - 1];
          if (!before || rule.on === "normal") continue;
          // Between two firings the value was below where the rule's limit is left.
          const leavesAt = isLimit(rule.on) ? rule.on.percent - 2 : rule.on === "critical" ? 93 : 88;
          const between = readings.slice(before.index + 1, index).filter(({ kind }) => kind === rule.kind);
          expect(between.some(({ usedKib }) => usedKib <= leavesAt * 10_000)).toBe(true);
        }
    }),
    { numRuns: 500 },
  );
});

test("physical memory never changes what allocated memory does, nor the other way round", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const both = run(sequence).fired;
      for (const kind of ["physical", "allocated"] as const) {
        let skippedMs = 0;
        const alone: Step[] = [];
        for (const step of sequence) {
          if (step.kind === kind) alone.push({ ...step, afterMs: step.afterMs + skippedMs });
          skippedMs = step.kind === kind ? 0 : skippedMs + step.afterMs;
        }
        const names = (list: readonly Fired[]) =>
          list.filter(({ rule }) => rule.kind === kind).map(({ rule, reading }) => [rule.name, reading.atMs]);
        expect(names(run(alone).fired)).toEqual(names(both));
      }
    }),
    { numRuns: 300 },
  );
});

test("critical is entered at the first critical reading, never later", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const { fired, readings } = run(sequence);
      for (const kind of ["physical", "allocated"] as const) {
        const first = readings.findIndex((reading) => reading.kind === kind && reading.level === "critical");
        const name = kind === "physical" ? "crit_phy" : "crit_alloc";
        const entered = fired.find(({ rule }) => rule.name === name)?.index ?? -1;
        expect(entered).toBe(first);
      }
    }),
    { numRuns: 500 },
  );
});

test("the level is never below that of the last reading", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const { levels } = run(sequence);
      for (const kind of ["physical", "allocated"] as const) {
        const reading = levels.latest(kind);
        if (!reading) continue;
        expect(severity(levels.state(kind).level ?? "normal")).toBeGreaterThanOrEqual(
          severity(reading.level),
        );
      }
    }),
  );
});

test("with confirm = N a level is entered at the Nth reading in a row and not before", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (sequence, confirm) => {
      const current = configOf({ physical: { confirm } });
      const { fired, readings } = run(sequence, current);
      let inARow = 0;
      let expected = -1;
      for (const [index, { kind, level }] of readings.entries()) {
        if (kind !== "physical") continue;
        inARow = level === "critical" ? inARow + 1 : 0;
        if (inARow === confirm && expected < 0) expected = index;
      }
      expect(fired.find(({ rule }) => rule.name === "crit_phy")?.index ?? -1).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

test("within a cool-down no action runs twice", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 60_000 }), (sequence, cooldown) => {
      const current = configOf({
        physical: { recovery_time: "0s" },
        debug_dump: { cooldown: `${cooldown}ms` },
      });
      const lastRunMs: Record<string, number> = {};
      const ranMs: number[] = [];
      for (const firing of run(sequence, current).fired) {
        const nowMs = firing.reading.atMs;
        for (const { verdict, action } of decide(firing, current, {
          nowMs,
          overcommitMode: 2,
          lastRunMs,
          kinds: actionKinds,
        })) {
          if (verdict !== "run" || action.do.kind !== "debug-dump" || action.kind !== "physical") continue;
          lastRunMs["physical/debug-dump"] = nowMs;
          ranMs.push(nowMs);
        }
      }
      for (const [nth, atMs] of ranMs.entries())
        if (nth > 0) expect(atMs - (ranMs[nth - 1] ?? 0)).toBeGreaterThanOrEqual(cooldown);
    }),
    { numRuns: 300 },
  );
});

function configOf(document: unknown): Config {
  const parsed = parseConfig(document, actionKinds);
  if ("config" in parsed) return parsed.config;
  throw new Error(JSON.stringify(parsed.issues));
}
