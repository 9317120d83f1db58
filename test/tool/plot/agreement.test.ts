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
import { strictAdvice } from "../../../src/core/overcommit.ts";
import type { Reading } from "../../../src/core/reading.ts";
import { createMeter } from "../../../src/linux/meter.ts";
import { actionKinds } from "../../../src/rescue/action-kinds.ts";
import { coreArgv } from "../../core/command-lines.ts";
import { clockOf } from "../../fake-clock.ts";
import { assessAll, functionsOf } from "./functions.ts";
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

/** Not at all, less than before, slowly, and faster than anything was seen to. */
const grownBefore = [
  { kib: 0, ms: 0 },
  { kib: -300, ms: 20 },
  { kib: 3, ms: 20 },
  { kib: 40_000_000, ms: 7 },
];

const atLeast0 = (kib: number) => Math.max(0, kib);

/** 2 where the limit of critical is reached, 1 where only that of the warning is, asked as a rule asks. */
function severityByRules(use: MemoryUse, limits: Limits): number {
  if (hasReached(levelLimit(limits, "critical"), use)) return 2;
  return hasReached(levelLimit(limits, "warning"), use) ? 1 : 0;
}

describe("the tool and the agent", () => {
  test.each(environments)("agree on every number with $what", async ({ limits, env }) => {
    const uses = usesNear(limits).flatMap((use) => grownBefore.map((grown) => ({ use, grown })));
    const said = await assessAll(
      uses.map(
        ({ use, grown }) => `physical ${use.usedKib} ${use.limitKib} ${use.usedKib - grown.kib} ${grown.ms}`,
      ),
      env,
    );
    expect(said).toEqual(
      uses.map(({ use, grown }) => ({
        severity: severity(levelOf(use, limits)),
        waitMs: cadenceMs(use, limits, bounds, grown),
      })),
    );
    expect(said.map((one) => one.severity)).toEqual(uses.map(({ use }) => severityByRules(use, limits)));
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

    const meter = createMeter(
      { procDir: made.proc, cgroupDir: made.cgroup },
      clockOf(() => 0),
    );
    meter.follow({ pid: 8571, startTicks: 5000 });
    const { physical, allocated } = meter.measure(config).readings;
    expect<unknown>(ledTo(allocated ? [physical, allocated] : [physical])).toEqual(expected);
  });
});

const gib = 1024 * 1024;
const bytes = (kib: number) => String(kib * 1024);
/** As ZFS writes it, shortened: a head, a line of names, and a line for each value. */
const arcstats = (values: Record<string, string>) =>
  `13 1 0x01 147 39984 4000 9000\nname                            type data\n${Object.entries(values)
    .map(([name, value]) => `${name.padEnd(32)}4    ${value}\n`)
    .join("")}`;
/** A line of mountinfo. */
const mounted = (root: string, point: string, version: 1 | 2) =>
  `31 23 0:26 ${root} ${point} ro,nosuid master:5 - ${version === 2 ? "cgroup2 cgroup rw" : "cgroup cgroup rw,memory"}\n`;

interface Layout {
  meminfo?: MadeUpMeminfo;
  /** The text of the core's /proc/PID/cgroup. */
  core?: string;
  /** Below /proc, and below the cgroup mount. {cgroup}: where that is. */
  proc?: Record<string, string>;
  cgroup?: Record<string, string>;
  /** Of physical memory, when the default limits are used. */
  expected: { ceiling: string; usedKib: number; limitKib: number };
  /** Undefined: there is no allocated memory to judge. */
  allocated?: { usedKib: number; limitKib: number } | undefined;
}

const usual = { usedKib: 100_000, limitKib: 500_000 };
const half = { ceiling: "host", usedKib: 400_000, limitKib: 1_000_000 };
const cgroupFiles = (
  limit: Record<string, string>,
  currentKib: number,
  stat: Record<string, number> = {},
) => ({
  ...limit,
  "a/memory.current": bytes(currentKib),
  "a/memory.stat": `anon 1\n${Object.entries(stat)
    .map(([name, kib]) => `${name} ${bytes(kib)}\n`)
    .join("")}zswap 5\n`,
});

const layouts: Record<string, Layout> = {
  "whose huge pages are most of its memory": {
    meminfo: {
      total: 256 * gib,
      free: 9 * gib,
      available: 10 * gib,
      more: ["HugePages_Total: 122880", "Hugepagesize: 2048 kB", `Hugetlb: ${240 * gib} kB`],
    },
    expected: { ceiling: "MemTotal-Hugetlb", usedKib: 6 * gib, limitKib: 16 * gib },
    allocated: usual,
  },
  "whose huge pages are of two sizes": {
    meminfo: { more: ["HugePages_Total: 10", "Hugepagesize: 2048 kB", "Hugetlb: 220480 kB"] },
    expected: { ceiling: "MemTotal-Hugetlb", usedKib: 179_520, limitKib: 779_520 },
    allocated: usual,
  },
  "before Linux 4.16, with huge pages": {
    meminfo: { more: ["HugePages_Total:     100", "Hugepagesize:     2048 kB"] },
    expected: { ceiling: "MemTotal-Hugetlb", usedKib: 195_200, limitKib: 795_200 },
    allocated: usual,
  },
  "with more available than its huge pages leave": {
    meminfo: { more: ["Hugetlb: 500000 kB"] },
    expected: { ceiling: "MemTotal-Hugetlb", usedKib: 0, limitKib: 500_000 },
    allocated: usual,
  },
  "with huge pages that cannot be": {
    meminfo: { more: ["Hugetlb: 1000000 kB"] },
    expected: half,
    allocated: usual,
  },
  "whose page cache is ZFS's": {
    meminfo: { available: 40_000 },
    proc: {
      "spl/kstat/zfs/arcstats": arcstats({
        hits: "5",
        c_min: bytes(30_000),
        size: bytes(590_000),
        l2_size: "7",
      }),
    },
    expected: { ...half, usedKib: 400_000 },
    allocated: usual,
  },
  "whose ARC is at its least": {
    proc: { "spl/kstat/zfs/arcstats": arcstats({ size: bytes(30_000), c_min: bytes(30_000) }) },
    expected: half,
    allocated: usual,
  },
  "whose ARC is absurd": {
    proc: { "spl/kstat/zfs/arcstats": arcstats({ size: "18446744073709549908", c_min: "0" }) },
    expected: half,
    allocated: usual,
  },
  "with ZFS whose ARC cannot be read": { proc: { "spl/kmem/slab": "" }, expected: half, allocated: usual },
  "without CommitLimit and Committed_AS": { meminfo: { committed: null, commitLimit: null }, expected: half },
  "without CommitLimit": { meminfo: { commitLimit: null }, expected: half },
  "whose Committed_AS went below 0": { meminfo: { committed: "18446744073709549908" }, expected: half },
  "whose Committed_AS is absurd": { meminfo: { committed: "1000000000000" }, expected: half },
  "whose CommitLimit is absurd": { meminfo: { commitLimit: "18446744073709551615" }, expected: half },
  "whose CommitLimit is as large as can be": {
    meminfo: { commitLimit: 999_999_999_999 },
    expected: half,
    allocated: { usedKib: 100_000, limitKib: 999_999_999_999 },
  },
  "with a cgroup full of cache of all kinds": {
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(500_000) }, 490_000, {
      file: 300_000,
      file_dirty: 7_000,
      file_writeback: 3_000,
      inactive_file: 200_000,
      active_file: 50_000,
      slab_reclaimable: 40_000,
    }),
    expected: { ceiling: "cgroup:/a", usedKib: 210_000, limitKib: 500_000 },
    allocated: usual,
  },
  "with a cgroup that has more dirty than it has cache": {
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(500_000) }, 400_000, { inactive_file: 10, file_dirty: 500 }),
    expected: { ceiling: "cgroup:/a", usedKib: 400_000, limitKib: 500_000 },
    allocated: usual,
  },
  "with a cgroup that has more cache than it uses": {
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(500_000) }, 40, { inactive_file: 10, active_file: 500 }),
    expected: { ceiling: "cgroup:/a", usedKib: 0, limitKib: 500_000 },
    allocated: usual,
  },
  "with a cgroup of version 1 full of cache": {
    core: "4:memory:/a\n",
    cgroup: {
      "memory/a/memory.limit_in_bytes": bytes(500_000),
      "memory/a/memory.usage_in_bytes": bytes(490_000),
      "memory/a/memory.stat": `inactive_file 5\ntotal_dirty ${bytes(7_000)}\ntotal_writeback ${bytes(3_000)}\ntotal_inactive_file ${bytes(200_000)}\ntotal_active_file ${bytes(50_000)}\n`,
    },
    expected: { ceiling: "cgroup:/a", usedKib: 250_000, limitKib: 500_000 },
    allocated: usual,
  },
  "with limits of version 1 that are none": {
    core: "4:memory:/a/b\n",
    cgroup: {
      "memory/a/b/memory.limit_in_bytes": "9223372036854771712",
      "memory/a/b/memory.usage_in_bytes": bytes(490_000),
      "memory/a/memory.limit_in_bytes": "9223372036854710272",
      "memory/a/memory.usage_in_bytes": bytes(490_000),
      "memory/memory.limit_in_bytes": "18446744073709551615",
      "memory/memory.usage_in_bytes": bytes(490_000),
    },
    expected: half,
    allocated: usual,
  },
  "throttled at memory.high": {
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(600_000), "a/memory.high": bytes(500_000) }, 501_000),
    expected: { ceiling: "cgroup:/a memory.high", usedKib: 501_000, limitKib: 500_000 },
    allocated: usual,
  },
  "throttled at the memory.high of an ancestor": {
    core: "0::/a/b/c\n",
    cgroup: {
      "a/b/c/memory.max": "max",
      "a/b/c/memory.high": "max",
      "a/b/c/memory.current": "5",
      ...cgroupFiles({ "a/memory.max": "max", "a/memory.high": bytes(500_000) }, 480_000),
    },
    expected: { ceiling: "cgroup:/a memory.high", usedKib: 480_000, limitKib: 500_000 },
    allocated: usual,
  },
  "whose memory.high and memory.max are the same": {
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(500_000), "a/memory.high": bytes(500_000) }, 480_000),
    expected: { ceiling: "cgroup:/a", usedKib: 480_000, limitKib: 500_000 },
    allocated: usual,
  },
  "with a cgroup limit that is more than the huge pages leave": {
    meminfo: { more: ["Hugetlb: 500000 kB"] },
    core: "0::/a\n",
    cgroup: cgroupFiles({ "a/memory.max": bytes(500_000) }, 499_000),
    expected: { ceiling: "MemTotal-Hugetlb", usedKib: 0, limitKib: 500_000 },
    allocated: usual,
  },
  "whose core is in another container": {
    core: "0::/../nso\n",
    cgroup: { "memory.max": bytes(300_000), "memory.current": bytes(299_000) },
    expected: half,
    allocated: usual,
  },
  "whose core is in another container, seen through its root": {
    core: "0::/../nso\n",
    cgroup: { "memory.max": bytes(300_000), "memory.current": bytes(299_000) },
    proc: {
      "8571/root/sys/fs/cgroup/memory.max": bytes(200_000),
      "8571/root/sys/fs/cgroup/memory.high": bytes(190_000),
      "8571/root/sys/fs/cgroup/memory.current": bytes(186_000),
    },
    expected: { ceiling: "cgroup:/../nso memory.high", usedKib: 186_000, limitKib: 190_000 },
    allocated: usual,
  },
  "whose core is in another container of version 1, seen through its mounts": {
    core: "4:memory:/../nso/app\n0::/\n",
    cgroup: {
      "memory/memory.limit_in_bytes": bytes(300_000),
      "memory/memory.usage_in_bytes": bytes(299_000),
    },
    proc: {
      "8571/mountinfo": mounted("/../nso", "/cg/memory", 1),
      "8571/root/cg/memory/app/memory.limit_in_bytes": "9223372036854771712",
      "8571/root/cg/memory/memory.limit_in_bytes": bytes(200_000),
      "8571/root/cg/memory/memory.usage_in_bytes": bytes(186_000),
    },
    expected: { ceiling: "cgroup:/../nso", usedKib: 186_000, limitKib: 200_000 },
    allocated: usual,
  },
  "whose core is in another container with our own mounts": {
    core: "0::/../nso\n",
    cgroup: { "memory.max": bytes(300_000), "memory.current": bytes(299_000) },
    proc: {
      "8571/mountinfo": mounted("/", "/sys/fs/cgroup", 2),
      "8571/root/sys/fs/cgroup/memory.max": bytes(200_000),
      "8571/root/sys/fs/cgroup/memory.current": bytes(186_000),
    },
    expected: half,
    allocated: usual,
  },
  "whose core is in a container beside ours, without cgroup namespaces": {
    core: "4:memory:/pod 1/nso\n",
    cgroup: {
      "memory/memory.limit_in_bytes": bytes(300_000),
      "memory/memory.usage_in_bytes": bytes(299_000),
    },
    proc: { "self/mountinfo": mounted("/pod\\0401/side", "{cgroup}/memory", 1) },
    expected: half,
    allocated: usual,
  },
  "whose core is in our own container, without cgroup namespaces": {
    core: "4:memory:/pod 1/nso\n",
    cgroup: {
      "memory/memory.limit_in_bytes": bytes(300_000),
      "memory/memory.usage_in_bytes": bytes(299_000),
    },
    proc: { "self/mountinfo": mounted("/pod\\0401/nso", "{cgroup}/memory", 1) },
    expected: { ceiling: "cgroup:/pod 1/nso", usedKib: 299_000, limitKib: 300_000 },
    allocated: usual,
  },
};

describe("the tool and the agent measure the same ceilings", () => {
  test.each(Object.entries(layouts))("on a host %s", async (_, layout) => {
    const { made } = scene;
    made.setMeminfo(layout.meminfo ?? {});
    made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: layout.core ?? "0::/\n" });
    for (const [path, text] of Object.entries(layout.proc ?? {}))
      made.write(path, text.replaceAll("{cgroup}", made.cgroup));
    for (const [path, text] of Object.entries(layout.cgroup ?? {})) made.writeCgroup(path, text);
    const tool = scene.start();
    await tool.ticks(1);
    await tool.end();
    const first = (kind: string) => tool.readings().find((reading) => reading.kind === kind);
    expect(first("physical")).toMatchObject(layout.expected);
    const allocated = first("allocated");
    if (layout.allocated) expect(allocated).toMatchObject({ ceiling: "host", ...layout.allocated });
    else expect(allocated).toBeUndefined();
    expect(tool.parsed().filter(({ kind }) => kind === "malformed")).toEqual([]);

    const meter = createMeter(
      { procDir: made.proc, cgroupDir: made.cgroup },
      clockOf(() => 0),
    );
    meter.follow({ pid: 8571, startTicks: 5000 });
    const own = meter.measure(configOf({})).readings;
    const asOwn = (reading: Reading | undefined) => reading && { ...reading, atMs: 0, source: "in-process" };
    expect<unknown>(own).toEqual({ physical: asOwn(first("physical")), allocated: asOwn(allocated) });
  });
});

describe("what is recommended for strict overcommit", () => {
  const gib = 1024 ** 2;
  const hosts = [16 * gib, 1000, 3 * gib].flatMap((memTotalKib) =>
    [0, 1, 0.1, 0.5, 1.5].flatMap((swap) =>
      [0, 0.5].flatMap((huge) =>
        [0, 0.02, 0.5, 0.86, 0.8637, 0.87, 0.95, 2].map((committed) => ({
          memTotalKib,
          swapTotalKib: Math.floor(memTotalKib * swap),
          hugePagesKib: Math.floor(memTotalKib * huge),
          committedKib: Math.floor(memTotalKib * committed),
        })),
      ),
    ),
  );

  test("is the same by the tool and by core/overcommit.ts, and so is what is refused", async () => {
    const program = `${await functionsOf()}
      while read -r mem_total swap_kib huge committed; do
        ram_kib=$((mem_total - huge))
        strict_advice
        printf '%s\\n' "$REPLY"
      done`;
    const rows = hosts.map((host) => `${Object.values(host).join(" ")}\n`).join("");
    const child = Bun.spawn(["bash", "-c", program], { stdio: [new Blob([rows]), "pipe", "inherit"] });
    const said = (await new Response(child.stdout).text()).trimEnd().split("\n");
    const lines = said.map((text) => text.match(/vm\.overcommit_(?:memory|ratio) = \d+/g) ?? []);
    const advice = hosts.map((host) =>
      strictAdvice({ ...host, committedKib: host.committedKib || undefined }),
    );
    expect(lines.map((one) => [...one])).toEqual(advice.map(({ sysctlLines }) => sysctlLines));
    expect(lines.filter((one) => one.length === 0).length).toBeGreaterThan(20);
    expect(lines.filter((one) => one.length === 2).length).toBeGreaterThan(20);
  });
});
