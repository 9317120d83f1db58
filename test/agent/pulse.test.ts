import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { createPulse } from "../../src/agent/pulse.ts";

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function pass(ms: number): void {
  for (const endMs = nowMs + ms; nowMs < endMs; ) {
    nowMs += 10;
    jest.advanceTimersByTime(10);
  }
}

function started({ isCalm }: { isCalm: boolean }) {
  const seen = { isCalm, beats: [] as number[], rides: 0 };
  const pulse = createPulse({
    beat: () => void seen.beats.push(nowMs),
    isCalm: () => seen.isCalm,
    onRide: () => void seen.rides++,
    monotonicMs: () => nowMs,
  });
  pulse.begin();
  return { pulse, seen };
}

test("a calm agent beats once a second", () => {
  const { seen } = started({ isCalm: true });
  pass(3400);
  expect(seen.beats).toEqual([1100, 2200, 3300]);
});

test("its beats ride on the ticks of the tool, but not on those that come near a limit", () => {
  const { pulse, seen } = started({ isCalm: true });
  pass(1000);
  pulse.ride();
  for (let at = 0; at < 5; at++) {
    pass(100);
    pulse.ride();
  }
  expect(seen).toMatchObject({ beats: [1000], rides: 1 });
});

test("one that is not calm beats four times a second, from its next beat on, and rides on no tick", () => {
  const { pulse, seen } = started({ isCalm: true });
  pass(400);
  seen.isCalm = false;
  pass(900);
  pulse.ride();
  expect(seen).toMatchObject({ beats: [1100], rides: 0 });
});

test("after a stop nothing is looked at", () => {
  const { pulse, seen } = started({ isCalm: false });
  pass(300);
  pulse.stop();
  pulse.ride();
  pass(3000);
  expect(seen.beats).toEqual([250]);
});
