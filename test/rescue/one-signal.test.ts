import { expect, test } from "bun:test";
import { createOneSignal } from "../../src/rescue/one-signal.ts";

test("the signal is claimed once", () => {
  const signal = createOneSignal({ isSpent: false });
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});

test("a signal that did not go out may be claimed again", () => {
  const signal = createOneSignal({ isSpent: false });
  signal.claim();
  signal.giveBack();
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
});

test("a signal that an earlier agent sent cannot be claimed", () => {
  const signal = createOneSignal({ isSpent: true });
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});
