import { describe, expect, test } from "bun:test";
import { isAllRubbish, moreRubbish, rubbishMsMaxDefault as msMax } from "../../src/core/rubbish.ts";

const began = moreRubbish(undefined, "rubbish", 1000);

describe("a source that is not understood", () => {
  test("is borne for less than five seconds", () => {
    expect(msMax).toBe(5000);
    expect(isAllRubbish(began, { hasBeenUnderstood: false, nowMs: 5999, msMax })).toBe(false);
    expect(isAllRubbish(began, { hasBeenUnderstood: false, nowMs: 6000, msMax })).toBe(true);
  });

  test("that was understood before must have gone on for as long", () => {
    const state = { hasBeenUnderstood: true, nowMs: 100_000, msMax };
    expect(isAllRubbish(began, state)).toBe(false);
    expect(isAllRubbish(moreRubbish(began, "more", 5999), state)).toBe(false);
    expect(isAllRubbish(moreRubbish(began, "more", 6000), state)).toBe(true);
  });

  test("says nothing where it says nothing", () => {
    expect(isAllRubbish(undefined, { hasBeenUnderstood: false, nowMs: 100_000, msMax })).toBe(false);
  });
});
