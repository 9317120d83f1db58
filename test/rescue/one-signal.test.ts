import { beforeEach, expect, test } from "bun:test";
import { createOneSignal } from "../../src/rescue/one-signal.ts";

const written: string[] = [];
const record = {
  signalling() {
    written.push("signalling");
    return Promise.resolve(undefined);
  },
  notSignalled: () => void written.push("not signalled"),
};
const unrecorded = Promise.resolve(false);
beforeEach(() => {
  written.length = 0;
});

test("the signal is claimed once", () => {
  const signal = createOneSignal({ isSpent: false, recorded: unrecorded, record });
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});

test("a signal that did not go out may be claimed again", () => {
  const signal = createOneSignal({ isSpent: false, recorded: unrecorded, record });
  signal.claim();
  signal.giveBack();
  expect(signal.isSpent()).toBe(false);
  expect(signal.claim()).toBe(true);
});

test("a signal that an earlier agent sent cannot be claimed", () => {
  const signal = createOneSignal({ isSpent: true, recorded: unrecorded, record });
  expect(signal.isSpent()).toBe(true);
  expect(signal.claim()).toBe(false);
});

test("what goes out is written down before, and what did not go out is taken back there", () => {
  const signal = createOneSignal({ isSpent: false, recorded: unrecorded, record });
  signal.claim();
  signal.giveBack();
  expect(written).toEqual([]);
  signal.claim();
  void signal.goesOut(1000);
  expect(written).toEqual(["signalling"]);
  signal.giveBack();
  expect(written).toEqual(["signalling", "not signalled"]);
});

test("a signal that only an incident tells of cannot be claimed either, once that was read", async () => {
  const recorded = Promise.withResolvers<boolean>();
  const signal = createOneSignal({ isSpent: false, recorded: recorded.promise, record });
  setTimeout(recorded.resolve, 10, true);
  await signal.whenKnown(5000);
  expect(signal.claim()).toBe(false);
  expect(signal.isSpent()).toBe(true);
});

test("incidents that cannot be read, or not in time, keep no signal back", async () => {
  const never = new Promise<boolean>(() => {});
  const silent = createOneSignal({ isSpent: false, recorded: never, record });
  await silent.whenKnown(10);
  expect(silent.claim()).toBe(true);
  const failing = createOneSignal({ isSpent: false, recorded: Promise.reject(new Error("EIO")), record });
  await failing.whenKnown(5000);
  expect(failing.claim()).toBe(true);
});
