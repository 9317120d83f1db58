import { expect, test } from "bun:test";
import type { RecordedStep } from "../../src/core/incident-step.ts";
import { toldSteps } from "../../src/core/told-steps.ts";
import { recordedSteps } from "../ui/recorded-standing.ts";

const mib = 2 ** 20;
const growing = (seconds: number, bytes: number): RecordedStep => ({
  atMs: seconds * 1000,
  step: "growing",
  bytes,
  path: "/d",
});
const sent = (seconds: number): RecordedStep => ({ atMs: seconds * 1000, step: "signal-sent", pid: 7 });
const texts = (steps: RecordedStep[]) => toldSteps(steps).map(({ text }) => text);

test("of a recorded rescue the dump's growth is one line, with its start, its end and its rate", () => {
  const steps = recordedSteps();
  const told = toldSteps(steps);
  const grown = told.filter(
    ({ text }) => text.startsWith("the dump grew") || text.startsWith("the dump has"),
  );
  expect(steps.filter(({ step }) => step === "growing").length).toBeGreaterThan(30);
  expect(grown).toEqual([
    {
      atMs: Date.parse("2026-11-28T22:51:08.011Z"),
      text: "the dump grew from 37.7 MiB to 1.1 GiB until 22:51:48, in 41 s, +26.5 MiB/s",
    },
  ]);
  expect(told.length).toBe(steps.filter(({ step }) => step !== "growing").length + 1);
});

test("what happened meanwhile does not break the line, another dump has its own", () => {
  const resumed: RecordedStep = { atMs: 3000, step: "resumed", pid: 9 };
  expect(texts([sent(0), growing(1, mib), resumed, growing(5, 5 * mib), sent(10), growing(11, mib)])).toEqual(
    [
      "SIGUSR1 was sent to PID 7",
      "the dump grew from 1.0 MiB to 5.0 MiB until 00:00:05, in 4 s, +1.0 MiB/s",
      "a later agent (PID 9) took this incident up",
      "SIGUSR1 was sent to PID 7",
      "the dump has 1.0 MiB",
    ],
  );
});
