import { describe, expect, test } from "bun:test";
import { momentNow } from "../../src/core/clock.ts";
import { createSteadyTime } from "../../src/core/steady-time.ts";
import { fakeClock } from "../fake-clock.ts";

const day = 86_400_000;

function steadyTime() {
  const clock = fakeClock();
  const steady = createSteadyTime(momentNow(clock));
  return {
    clock,
    of: (atMs: number) => steady.of(atMs, momentNow(clock)),
    step: () => steady.step(momentNow(clock)),
  };
}

test("two times keep their distance, however late each was read", () => {
  const { clock, of } = steadyTime();
  const first = of(clock.wallMs());
  const stamp = clock.wallMs() + 10_000;
  clock.pass(10_350);
  expect(of(stamp) - first).toBe(10_000);
});

describe("a clock that was set", () => {
  for (const by of [day, -day, 2000, -2000, 365 * day])
    test(`by ${by / 1000} s lets the next time follow on the last`, () => {
      const { clock, of } = steadyTime();
      const before = of(clock.wallMs());
      clock.set(by);
      clock.pass(1000);
      expect(of(clock.wallMs()) - before).toBe(1000);
    });

  test("makes a time of before it one of now", () => {
    const { clock, of } = steadyTime();
    const stamp = clock.wallMs();
    for (const by of [day, -2 * day]) {
      clock.set(by);
      clock.pass(20);
      expect(of(stamp)).toBe(clock.monotonicMs());
    }
  });

  test("is told once, with the way it went", () => {
    const { clock, of, step } = steadyTime();
    expect(step()).toBeUndefined();
    clock.set(-day);
    of(clock.wallMs());
    expect(step()).toBe(-day);
    expect(step()).toBeUndefined();
    clock.set(3000);
    expect(step()).toBe(3000);
  });
});

test("drift is no step", () => {
  const { clock, step } = steadyTime();
  clock.set(999);
  expect(step()).toBeUndefined();
});
