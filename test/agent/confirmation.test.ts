import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createConfirmation } from "../../src/agent/confirmation.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { Reading } from "../../src/core/reading.ts";
import { type Firing, rulesOf } from "../../src/core/rule.ts";
import { createMeter } from "../../src/linux/meter.ts";
import { coreArgv } from "../core/command-lines.ts";
import { clockOf } from "../fake-clock.ts";
import { type MadeUpProc, makeProc } from "../tool/plot/made-up-proc.ts";

const config = defaultConfig();
const kib = (amount: number) => `${amount * 1024}\n`;
let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setMeminfo({ total: 1_000_000, available: 600_000 });
  made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: "0::/nso\n" });
});
afterEach(() => made.remove());

function setCgroup(limitKib: number | "max", usedKib: number) {
  made.writeCgroup("nso/memory.max", limitKib === "max" ? "max\n" : kib(limitKib));
  made.writeCgroup("nso/memory.current", kib(usedKib));
}

/** What a critical reading turns into, by a meter that follows the core. */
function confirmed(change: Partial<Reading>, { foreign = false, before = () => {} } = {}) {
  const doubts: string[] = [];
  let refuted = 0;
  const meter = createMeter(
    { procDir: made.proc, cgroupDir: made.cgroup },
    clockOf(() => 0),
  );
  meter.follow({ pid: 8571, startTicks: 5000 });
  before();
  const reading: Reading = {
    kind: "physical",
    level: "critical",
    usedKib: 290_000,
    limitKib: 300_000,
    thresholdPercent: 95,
    ceiling: "host",
    atMs: 1,
    source: "tool",
    ...change,
  };
  const rule = rulesOf(config).find(({ name }) => name === "crit_phy");
  if (!rule) throw new Error("crit_phy");
  const firing: Firing = { rule, level: "critical", reading, episodeId: "one" };
  const confirm = createConfirmation({
    meter,
    foreign,
    isIrreversible: () => true,
    levelNow: () => "normal",
    onDoubt: (text) => doubts.push(text),
    onRefuted: () => void refuted++,
  });
  const again = () => confirm([firing], reading, config);
  const result = again();
  return { isConfirmed: result === reading, result, doubts, again, refuted: () => refuted };
}

describe("a critical reading", () => {
  test("that is not found again is not confirmed, and what was measured takes its place", () => {
    const { isConfirmed, result, doubts } = confirmed({ ceiling: "host" });
    expect(isConfirmed).toBe(false);
    expect(result).toMatchObject({ level: "normal", ceiling: "host", usedKib: 400_000 });
    expect(doubts).toEqual(["physical critical not confirmed: measured 40 % right after; NSO is left alone"]);
  });

  test("that is not found again and again is told once, and counted each time", () => {
    const { doubts, again, refuted } = confirmed({ ceiling: "host" });
    again();
    expect({ doubts: doubts.length, refuted: refuted() }).toEqual({ doubts: 1, refuted: 2 });
  });

  test("of a cgroup whose limit was set since the meter began is confirmed under that limit", () => {
    setCgroup("max", 290_000);
    const before = () => setCgroup(300_000, 290_000);
    expect(confirmed({ ceiling: "cgroup:/nso" }, { before }).isConfirmed).toBe(true);
  });

  test("of a cgroup that the core was moved into since is confirmed", () => {
    const before = () => {
      made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: "0::/new\n" });
      made.writeCgroup("new/memory.high", kib(300_000));
      made.writeCgroup("new/memory.current", kib(290_000));
    };
    expect(confirmed({ ceiling: "cgroup:/new memory.high" }, { before }).isConfirmed).toBe(true);
  });

  test("of a cgroup that was emptied since is not confirmed", () => {
    setCgroup(300_000, 290_000);
    const before = () => setCgroup(300_000, 100_000);
    expect(confirmed({ ceiling: "cgroup:/nso" }, { before }).isConfirmed).toBe(false);
  });

  test("of a cgroup whose limit was lifted since is not confirmed", () => {
    setCgroup(300_000, 290_000);
    const before = () => setCgroup("max", 290_000);
    expect(confirmed({ ceiling: "cgroup:/nso" }, { before }).isConfirmed).toBe(false);
  });

  test("of a ceiling that is not among those measured is not refuted", () => {
    expect(confirmed({ ceiling: "cgroup:/elsewhere" }).isConfirmed).toBe(true);
    setCgroup(300_000, 100_000);
    expect(confirmed({ ceiling: "cgroup:/nso memory.high" }).isConfirmed).toBe(true);
    // Its limit can be read, and what it uses cannot.
    made.writeCgroup("nso/memory.current", "lost\n");
    expect(confirmed({ ceiling: "cgroup:/nso" }).isConfirmed).toBe(true);
  });

  test("of the host is held against the host, whether or not huge pages came meanwhile", () => {
    made.setMeminfo({ total: 1_000_000, available: 450_000, more: ["Hugetlb: 500000 kB"] });
    expect(confirmed({ ceiling: "host" }).isConfirmed).toBe(false);
    expect(confirmed({ ceiling: "MemTotal-Hugetlb" }).isConfirmed).toBe(false);
    made.setMeminfo({ total: 1_000_000, available: 25_000, more: ["Hugetlb: 500000 kB"] });
    expect(confirmed({ ceiling: "host" }).isConfirmed).toBe(true);
  });

  test("of allocated memory that cannot be measured any more is not refuted", () => {
    made.setMeminfo({ committed: "18446744073709549908" });
    expect(confirmed({ kind: "allocated" }).isConfirmed).toBe(true);
  });
});

describe("a critical line of another tool", () => {
  const foreign = true;

  test("is held to MemTotal less MemFree, as that tool measures", () => {
    made.setMeminfo({ total: 1_000_000, free: 40_000, available: 600_000 });
    expect(confirmed({}, { foreign }).isConfirmed).toBe(true);
    made.setMeminfo({ total: 1_000_000, free: 60_000, available: 600_000 });
    expect(confirmed({}, { foreign }).isConfirmed).toBe(false);
  });

  test("that names a cgroup is held to that cgroup where it can be measured, and not to the host", () => {
    setCgroup(300_000, 290_000);
    expect(confirmed({ ceiling: "cgroup:/nso" }, { foreign }).isConfirmed).toBe(true);
    setCgroup(300_000, 100_000);
    expect(confirmed({ ceiling: "cgroup:/nso" }, { foreign }).isConfirmed).toBe(false);
    expect(confirmed({ ceiling: "cgroup:/other" }, { foreign }).isConfirmed).toBe(true);
  });
});
