import { describe, expect, test } from "bun:test";
import { describeLevel } from "../../src/agent/level-text.ts";
import type { Ceiling } from "../../src/core/ceiling.ts";
import { defaultConfig } from "../../src/core/config.ts";
import type { LevelChange } from "../../src/core/episode.ts";
import type { Meter } from "../../src/linux/meter.ts";

const gib = 1024 * 1024;
const config = defaultConfig();
const meterOf = (ceilings: Ceiling[]) =>
  ({ measure: () => ({ ceilings, readings: {} }) }) as unknown as Meter;
const host = (usedKib: number, limitKib = 24 * gib): Ceiling => ({ name: "host", usedKib, limitKib });
const cgroup = (usedKib: number, limitKib: number): Ceiling => ({ name: "cgroup:/nso", usedKib, limitKib });

function left(change: Partial<LevelChange>, ceilings: Ceiling[], { isAdvisory = false } = {}): string {
  const reading = {
    kind: "physical",
    level: "normal",
    usedKib: 3 * gib,
    limitKib: 24 * gib,
    thresholdPercent: 90,
    ceiling: "host",
    atMs: 1,
    source: "tool",
  } as const;
  const base: LevelChange = {
    kind: "physical",
    from: "critical",
    to: "normal",
    direction: "down",
    reading,
    episode: null,
    reachedUnder: { ceiling: "cgroup:/nso", limitKib: gib },
  };
  return describeLevel({ ...base, ...change }, config, { meter: meterOf(ceilings), isAdvisory });
}

describe("a level that was left", () => {
  test("because memory was freed under the same ceiling is a recovery", () => {
    expect(left({}, [host(3 * gib), cgroup(gib / 2, gib)])).toBe(
      "physical memory is back to normal: 3.0 GiB of 24.0 GiB (12.5 %)",
    );
  });

  test("because its ceiling is gone is no recovery", () => {
    expect(left({}, [host(3 * gib)])).toBe(
      "physical memory is back to normal because its ceiling has changed, not because memory was freed (cgroup:/nso, 1.0 GiB, limits it no longer): 3.0 GiB of 24.0 GiB (12.5 %)",
    );
  });

  test("because its ceiling was raised is no recovery, unless memory is clear of the old one too", () => {
    expect(left({}, [host(3 * gib), cgroup(0.94 * gib, 4 * gib)])).toContain(
      "not because memory was freed (cgroup:/nso was 1.0 GiB and is 4.0 GiB)",
    );
    expect(left({}, [host(3 * gib), cgroup(0.92 * gib, 4 * gib)])).toStartWith(
      "physical memory is back to normal: ",
    );
  });

  test("because the host got more memory is no recovery either", () => {
    const reachedUnder = { ceiling: "host", limitKib: 8 * gib };
    const text = left({ from: "warning", reachedUnder }, [host(7.4 * gib, 16 * gib)]);
    expect(text).toContain("(MemTotal was 8.0 GiB and is 16.0 GiB)");
    expect(left({ reachedUnder: null }, [])).toStartWith("physical memory is back to normal: ");
  });
});

test("a level that nothing enforces says so, and that it is back to normal", () => {
  const change = { kind: "allocated", from: "normal", to: "critical", direction: "up" } as const;
  expect(left(change, [], { isAdvisory: true })).toStartWith(
    "committed memory is critical, which nothing enforces here (advisory): ",
  );
  const back = { kind: "allocated", reachedUnder: null } as const;
  expect(left(back, [], { isAdvisory: true })).toStartWith("committed memory is back to normal: ");
});

test("a level that was entered, and the first one, are said plainly", () => {
  expect(left({ from: null }, [])).toBe("physical memory is normal: 3.0 GiB of 24.0 GiB (12.5 %)");
  expect(left({ from: "normal", to: "critical", direction: "up" }, [])).toStartWith(
    "physical memory is critical: ",
  );
});
