/**
 * The tool and the agent's own measurement must give the same level and the same pause for the same numbers, and a
 * rule with the limit of a level must fire where that level begins.
 */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Config, parseConfig } from "../../../src/core/config.ts";
import { cadenceMs, type Limits, levelLimit, levelOf, severity } from "../../../src/core/level.ts";
import { createLevels } from "../../../src/core/levels.ts";
import { hasReached, type MemoryUse } from "../../../src/core/limit.ts";
import type { Reading } from "../../../src/core/reading.ts";
import { createMeter } from "../../../src/linux/meter.ts";
import { actionKinds } from "../../../src/rescue/action-kinds.ts";
import { coreArgv } from "../../core/command-lines.ts";
import { assessAll } from "./functions.ts";
import type { MadeUpMeminfo } from "./made-up-proc.ts";
import { toolScene } from "./scene.ts";

const bounds = { minMs: 20, maxMs: 1000 };

const environments: { what: string; limits: Limits; env: Record<string, string> }[] = [
  { what: "the defaults", limits: { warningPercent: 90, criticalPercent: 95 }, env: {} },
  {
    what: "decimals",
    limits: { warningPercent: 57.29, criticalPercent: 99.99 },
    env: { NSOMEM_PHYSICAL_WARNING_PERCENT: "57.29", NSOMEM_PHYSICAL_CRITICAL_PERCENT: "99.99" },
  },
  {
    what: "absolute limits",
    limits: {
      warningPercent: 1.1,
      criticalPercent: 80.5,
      warningFreeKib: 4_000_000,
      criticalFreeKib: 1_048_577,
    },
    env: {
      NSOMEM_PHYSICAL_WARNING_PERCENT: "1.1",
      NSOMEM_PHYSICAL_CRITICAL_PERCENT: "80.5",
      NSOMEM_PHYSICAL_WARNING_FREE_KIB: "4000000",
      NSOMEM_PHYSICAL_CRITICAL_FREE_KIB: "1048577",
    },
  },
];

/** Random pairs, and for each a pair beside a limit, where errors of rounding would show. */
function usesNear(limits: Limits) {
  const sizes = fc.sample(fc.integer({ min: 0, max: 68_719_476_736 }), { numRuns: 120, seed: 7 });
  const shares = fc.sample(fc.double({ min: 0, max: 1.2, noNaN: true }), { numRuns: 120, seed: 8 });
  const nothing = [0, 1, 5_000_000].map((usedKib) => ({ limitKib: 0, usedKib }));
  const near = sizes.flatMap((limitKib, index) => [
    { limitKib, usedKib: Math.floor(limitKib * (shares[index] ?? 0)) },
    ...[limits.warningPercent, limits.criticalPercent].flatMap((percent) =>
      [-1, 0, 1].map((step) => ({
        limitKib,
        usedKib: atLeast0(Math.ceil((limitKib * percent) / 100) + step),
      })),
    ),
    ...[limits.warningFreeKib ?? 0, limits.criticalFreeKib ?? 0].flatMap((freeKib) =>
      [-1, 0, 1].map((step) => ({ limitKib, usedKib: atLeast0(limitKib - freeKib + step) })),
    ),
  ]);
  return [...nothing, ...near];
}

const atLeast0 = (kib: number) => Math.max(0, kib);

/** 2 where the limit of critical is reached, 1 where only that of the warning is, asked as a rule asks. */
function severityByRules(use: MemoryUse, limits: Limits): number {
  if (hasReached(levelLimit(limits, "critical"), use)) return 2;
  return hasReached(levelLimit(limits, "warning"), use) ? 1 : 0;
}

describe("the tool and the agent", () => {
  test.each(environments)("agree on every number with $what", async ({ limits, env }) => {
    const uses = usesNear(limits);
    const said = await assessAll(
      uses.map(({ usedKib, limitKib }) => `physical ${usedKib} ${limitKib}`),
      env,
    );
    expect(said).toEqual(
      uses.map((use) => ({
        severity: severity(levelOf(use, limits)),
        waitMs: cadenceMs(use, limits, bounds),
      })),
    );
    expect(said.map((one) => one.severity)).toEqual(uses.map((use) => severityByRules(use, limits)));
  });
});

const scene = toolScene();

const config = configOf({
  physical: { warning_percent: 57.29, critical_percent: 80, warning_free: "400000KiB" },
  allocated: { warning_percent: 57.29, critical_percent: 80, warning_free: "400000KiB" },
  rule: (["physical", "allocated"] as const).flatMap((kind) => [
    { name: `warning_${kind}`, kind, percent: 57.29, free: "400000KiB", actions: ["callback"] },
    { name: `critical_${kind}`, kind, percent: 80, actions: ["callback"] },
    // By free memory alone: under a ceiling of 0 KiB this must not fire either.
    { name: `free_${kind}`, kind, free: "400000KiB", actions: ["callback"] },
  ]),
});
const settings = Object.fromEntries(
  ["PHYSICAL", "ALLOCATED"].flatMap((kind) => [
    [`NSOMEM_${kind}_WARNING_PERCENT`, "57.29"],
    [`NSOMEM_${kind}_CRITICAL_PERCENT`, "80"],
    [`NSOMEM_${kind}_WARNING_FREE_KIB`, "400000"],
  ]),
);

/** What a reading fires beside the rules of levels, and the level that it leads to. */
function ledTo(readings: readonly Reading[]) {
  const levels = createLevels(config);
  return readings.map((reading) => {
    const { firings } = levels.take(reading, config, () => reading);
    const rules = firings.filter(({ rule }) => typeof rule.on !== "string").map(({ rule }) => rule.name);
    return { kind: reading.kind, ceiling: reading.ceiling, level: levels.state(reading.kind).level, rules };
  });
}

function configOf(document: unknown): Config {
  const parsed = parseConfig(document, actionKinds);
  if ("config" in parsed) return parsed.config;
  throw new Error(JSON.stringify(parsed.issues));
}

interface Host {
  meminfo: MadeUpMeminfo;
  /** Of the core's cgroup, of 800,000 KiB. */
  cgroupUsedKib?: number;
  physical: { level: string; rules: string[]; ceiling?: string };
  /** Undefined: the tool prints no reading. */
  allocated?: { level: string; rules: string[] } | undefined;
}

const cgroup = "cgroup:/nso";
const idle = { level: "normal", rules: [] };
/** Of 1,000,000 KiB the warning begins with less than 400,000 KiB free, of 800,000 at 57.29 %. */
const hosts: Record<string, Host> = {
  "one KiB below a warning": {
    meminfo: { available: 400_000, committed: 600_000, commitLimit: 1_000_000 },
    physical: idle,
    allocated: idle,
  },
  "at a warning": {
    meminfo: { available: 399_999, committed: 600_001, commitLimit: 1_000_000 },
    physical: { level: "warning", rules: ["warning_physical", "free_physical"] },
    allocated: { level: "warning", rules: ["warning_allocated", "free_allocated"] },
  },
  "at critical": {
    meminfo: { available: 200_000, committed: 800_000, commitLimit: 1_000_000 },
    physical: { level: "critical", rules: ["warning_physical", "critical_physical", "free_physical"] },
    allocated: { level: "critical", rules: ["warning_allocated", "critical_allocated", "free_allocated"] },
  },
  "with a CommitLimit of 0": { meminfo: { committed: 5_000_000, commitLimit: 0 }, physical: idle },
  "one KiB below a cgroup's warning": {
    meminfo: { committed: 0 },
    cgroupUsedKib: 458_319,
    physical: { level: "normal", rules: ["free_physical"], ceiling: cgroup },
    allocated: idle,
  },
  "at a cgroup's warning": {
    meminfo: { committed: 0 },
    cgroupUsedKib: 458_320,
    physical: { level: "warning", rules: ["warning_physical", "free_physical"], ceiling: cgroup },
    allocated: idle,
  },
};

describe("a rule with the limit of a level fires where the tool says that level", () => {
  test.each(Object.entries(hosts))("on a host %s", async (_, host) => {
    const { made } = scene;
    made.setMeminfo(host.meminfo);
    made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: "0::/nso\n" });
    if (host.cgroupUsedKib !== undefined) {
      made.writeCgroup("nso/memory.max", `${800_000 * 1024}\n`);
      made.writeCgroup("nso/memory.current", `${host.cgroupUsedKib * 1024}\n`);
    }
    const tool = scene.start(settings);
    await tool.ticks(1);
    await tool.end();
    const expected = [
      { kind: "physical", ceiling: "host", ...host.physical },
      ...(host.allocated ? [{ kind: "allocated", ceiling: "host", ...host.allocated }] : []),
    ];
    const first = (kind: string) =>
      tool
        .readings()
        .filter((reading) => reading.kind === kind)
        .slice(0, 1);
    expect<unknown>(ledTo([...first("physical"), ...first("allocated")])).toEqual(expected);

    const meter = createMeter({ procDir: made.proc, cgroupDir: made.cgroup }, () => 0);
    meter.follow(8571);
    const { physical, allocated } = meter.measure(config).readings;
    expect<unknown>(ledTo([physical, allocated])).toEqual([
      ...expected,
      ...(host.allocated ? [] : [{ kind: "allocated", ceiling: "host", ...idle }]),
    ]);
  });
});
