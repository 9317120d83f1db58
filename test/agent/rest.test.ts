import { afterEach, expect, jest, test } from "bun:test";
import { createRest } from "../../src/agent/rest.ts";

afterEach(() => {
  jest.useRealTimers();
});

/** What is done, in order; `pass` lets seconds go by, and looks in each. */
function resting({ keepFails = false } = {}) {
  jest.useFakeTimers();
  const done: string[] = [];
  let nowMs = 0;
  const rest = createRest({
    read: () => void done.push("read"),
    settle: async () => void done.push("settle"),
    keep() {
      done.push("keep");
      if (keepFails) throw new Error("EMFILE");
      return () => void done.push("give back");
    },
    collect: () => void done.push("collect"),
    monotonicMs: () => nowMs,
  });
  return {
    async pass(seconds: number, { isQuiet = true } = {}) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1000;
        jest.advanceTimersByTime(1000);
        rest.look({ isQuiet });
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
      return done.splice(0);
    },
  };
}

test("what the start needed is forgotten at 3 s and once more when all has run, then the rest is given back", async () => {
  const { pass } = resting();
  expect(await pass(2)).toEqual([]);
  expect(await pass(1)).toEqual(["read", "settle"]);
  expect(await pass(11)).toEqual([]);
  expect(await pass(1)).toEqual(["collect", "settle"]);
  expect(await pass(11)).toEqual(["keep"]);
  expect(await pass(40)).toEqual(["give back", "give back"]);
});

test("while a level is not normal nothing is forgotten or given back, but the heap is collected", async () => {
  const { pass } = resting();
  await pass(3);
  expect(await pass(60, { isQuiet: false })).toEqual([]);
  expect(await pass(1)).toEqual(["collect", "settle"]);
  await pass(11);
  expect(await pass(60, { isQuiet: false })).toEqual([]);
  expect(await pass(1)).toEqual(["give back"]);
  expect(await pass(200, { isQuiet: false })).toEqual(["collect"]);
});

test("where it cannot be seen what is in memory, everything stays", async () => {
  const { pass } = resting({ keepFails: true });
  await pass(15);
  expect(await pass(11)).toEqual(["keep"]);
  expect(await pass(60)).toEqual([]);
});
