import { expect, test } from "bun:test";
import { coreAtCriticalKib } from "../../src/core/core-at-critical.ts";

const gib = 1024 ** 2;
const limits = { warningPercent: 90, criticalPercent: 95 };

test("the core's share of what is used now, of what is used at critical", () =>
  expect(coreAtCriticalKib(2 * gib, { usedKib: 10 * gib, limitKib: 100 * gib }, limits)).toBe(19 * gib));

test("of a ceiling that is critical already, what it holds now", () => {
  expect(coreAtCriticalKib(60 * gib, { usedKib: 95 * gib, limitKib: 100 * gib }, limits)).toBe(60 * gib);
  expect(coreAtCriticalKib(60 * gib, { usedKib: 99 * gib, limitKib: 100 * gib }, limits)).toBe(60 * gib);
});

test("never more than all that is used, whatever its RSS counts", () =>
  expect(coreAtCriticalKib(3 * gib, { usedKib: 2 * gib, limitKib: 100 * gib }, limits)).toBe(95 * gib));

test("with an amount of free memory, of the later one of both limits", () =>
  expect(
    coreAtCriticalKib(
      1 * gib,
      { usedKib: 2 * gib, limitKib: 100 * gib },
      { ...limits, criticalFreeKib: gib },
    ),
  ).toBe(Math.round((99 * gib + 1) / 2)));

test.each([undefined, { usedKib: 0, limitKib: 5 }, { usedKib: 5, limitKib: 0 }])(
  "what it holds now where the use is %p",
  (use) => expect(coreAtCriticalKib(7, use, limits)).toBe(7),
);
