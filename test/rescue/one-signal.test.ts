import { beforeEach, expect, test } from "bun:test";
import { createOneSignal } from "../../src/rescue/one-signal.ts";

const written: string[] = [];
const record = {
  signalling() {
    written.push("signalling");
    return undefined;
  },
  notSignalled: () => void written.push("not signalled"),
};
beforeEach(() => {
  written.length = 0;
});

test("the signal is claimed once", () => {
  const signal = createOneSignal({ isSpent: false, record });
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});

test("a signal that did not go out may be claimed again", () => {
  const signal = createOneSignal({ isSpent: false, record });
  signal.claim();
  signal.giveBack();
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
});

test("a signal that an earlier agent sent cannot be claimed", () => {
  const signal = createOneSignal({ isSpent: true, record });
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});

test("what goes out is written down before, and what did not go out is taken back there", () => {
  const signal = createOneSignal({ isSpent: false, record });
  signal.claim();
  signal.giveBack();
  expect(written).toEqual([]);
  signal.claim();
  signal.goesOut();
  expect(written).toEqual(["signalling"]);
  signal.giveBack();
  expect(written).toEqual(["signalling", "not signalled"]);
});
