import { expect, test } from "bun:test";
import { createSteps, type DrillStep } from "../../src/drill/steps.ts";

const fails = async (): Promise<never> => {
  throw new Error("no room");
};

test("a step shows what it found, and is shown as it ends", async () => {
  const shown: DrillStep[] = [];
  const steps = createSteps((step) => shown.push(step));
  await steps.check("log directory", () => "/logs is writable");
  expect(shown).toEqual([{ name: "log directory", result: "passed", detail: "/logs is writable" }]);
  expect(steps.made).toEqual(shown);
});

test("a step that throws has failed for that reason, and the next one is made", async () => {
  const steps = createSteps(() => {});
  await steps.check("log directory", fails);
  await steps.check("rules", () => "none");
  expect(steps.made.map(({ result, detail }) => [result, detail])).toEqual([
    ["failed", "no room"],
    ["passed", "none"],
  ]);
});

test("the value of a step is there when it passed, and not when it failed", async () => {
  const steps = createSteps(() => {});
  expect(await steps.obtain("decoy", async () => ({ detail: "PID 7", value: 7 }))).toBe(7);
  expect(await steps.obtain("decoy", fails)).toBeUndefined();
});

test("a step that is skipped says why", () => {
  const steps = createSteps(() => {});
  steps.skip("rules", "without a configuration");
  expect(steps.made).toEqual([{ name: "rules", result: "not run", detail: "without a configuration" }]);
});
