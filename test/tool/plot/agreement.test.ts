/** The tool and the agent's own measurement must give the same level and the same pause for the same numbers. */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cadenceMs, type Limits, levelOf, severity } from "../../../src/core/level.ts";
import { assessAll } from "./functions.ts";

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
  return sizes.flatMap((limitKib, index) => [
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
}

const atLeast0 = (kib: number) => Math.max(0, kib);

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
  });
});
