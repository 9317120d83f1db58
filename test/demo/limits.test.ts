import { describe, expect, test } from "bun:test";
import { levelOf } from "../../src/core/level.ts";
import { demoLimits } from "../../src/demo/limits.ts";

const gib = 1024 ** 2;

function limitsFor(...ceilings: { usedKib: number; limitKib: number }[]) {
  const limits = demoLimits(ceilings);
  if ("refusal" in limits) throw new Error(limits.refusal);
  return limits;
}

describe("the demo's limits", () => {
  const host = { usedKib: 10 * gib, limitKib: 64 * gib };

  test("now is normal, one step of growth is a warning, just under it is not", () => {
    const limits = limitsFor(host);
    const grown = (kib: number) => levelOf({ ...host, usedKib: host.usedKib + kib }, limits);
    const grainKib = host.limitKib / 10_000;
    expect(grown(0)).toBe("normal");
    expect(grown(limits.stepKib - 1)).toBe("normal");
    expect(grown(limits.stepKib + grainKib)).toBe("warning");
  });

  test("two steps are critical, and three are enough in any case", () => {
    const limits = limitsFor(host);
    const grown = (kib: number) => levelOf({ ...host, usedKib: host.usedKib + kib }, limits);
    expect(grown(2 * limits.stepKib - 1)).toBe("warning");
    expect(grown(3 * limits.stepKib)).toBe("critical");
  });

  test("giving all back is a recovery", () => {
    const { warningPercent, recoveryPoints } = limitsFor(host);
    expect((100 * host.usedKib) / host.limitKib).toBeLessThan(warningPercent - recoveryPoints);
  });

  test("a cgroup that is fuller than the host sets the limits, so that now is normal there too", () => {
    const cgroup = { usedKib: 3 * gib, limitKib: 8 * gib };
    const limits = limitsFor(host, cgroup);
    expect(levelOf(cgroup, limits)).toBe("normal");
    expect(levelOf({ ...cgroup, usedKib: cgroup.usedKib + 3 * limits.stepKib }, limits)).toBe("critical");
  });

  test("a host of 4 TiB gets steps that two decimals of a percent can tell apart", () => {
    const limits = limitsFor({ usedKib: 1024 * gib, limitKib: 4096 * gib });
    expect(limits.criticalPercent - limits.warningPercent).toBeGreaterThanOrEqual(0.03);
    expect(limits.recoveryPoints).toBeGreaterThanOrEqual(0.01);
  });

  test("with too little free it refuses and says how much it needs", () => {
    expect(demoLimits([{ usedKib: 1800 * 1024, limitKib: 2 * gib }])).toEqual({
      refusal: "only 248 MiB of memory is free; the demo needs 432 MiB",
    });
  });

  test("exactly enough free is enough", () => {
    const limitKib = 2 * gib;
    const needKib = 432 * 1024;
    expect(demoLimits([{ usedKib: limitKib - needKib, limitKib }])).not.toHaveProperty("refusal");
    expect(demoLimits([{ usedKib: limitKib - needKib + 1, limitKib }])).toHaveProperty("refusal");
  });
});
