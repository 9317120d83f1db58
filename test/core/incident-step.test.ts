import { describe, expect, test } from "bun:test";
import { summariseIncident } from "../../src/core/incident.ts";
import {
  formatStep,
  type IncidentStep,
  parseStep,
  stepDocument,
  stepFormat,
} from "../../src/core/incident-step.ts";

const atMs = Date.UTC(2026, 10, 23, 12, 0, 0, 123);
const reading = {
  kind: "physical",
  level: "critical",
  usedKib: 96,
  limitKib: 100,
  thresholdPercent: 95,
  ceiling: "host",
  atMs,
  source: "tool",
} as const;

/** One of each shape: plain facts, lists, nested objects, null, facts that are left out. */
const written: IncidentStep[] = [
  {
    step: "critical",
    rule: "crit_phy",
    reading,
    pid: 7,
    startTicks: 70,
    bootId: "b",
    argv: ["ncs.smp", ""],
    places: ["/d"],
    alike: false,
    prospect: null,
  },
  { step: "signal-sent", pid: 7, signal: "SIGUSR1" },
  { step: "shielded", changes: [{ pid: 8, startTicks: 80, from: -5, to: 1000 }] },
  { step: "verdict", word: "missing", dump: null },
  { step: "run-ended", path: "/page", outcome: "done", message: "/page: exit 0", files: [] },
];

describe("a step", () => {
  test.each(written)("$step is read as it was written", (step) => {
    const read = parseStep(formatStep(atMs, step));
    expect(read).toEqual({ ...step, atMs } as typeof read);
  });

  test("says the format of its line, and is read of any: a signal that went out stays known", () => {
    const line = formatStep(atMs, { step: "signal-sent", pid: 7, signal: "SIGUSR1" });
    expect(JSON.parse(line).format).toBe(stepFormat);
    expect(parseStep(line.replace('"format":1', '"format":2'))).toEqual({
      ...{ atMs, step: "signal-sent", pid: 7, signal: "SIGUSR1" },
    });
  });

  test("of a later version is kept with all that it says", () => {
    const line = '{"at":"2026-11-23T12:00:00.123+00:00","step":"page-me","exit":3,"deep":{"a":[1]}}';
    const read = parseStep(line);
    expect(read).toEqual({ atMs, step: "other", name: "page-me", facts: { exit: 3, deep: { a: [1] } } });
    expect(read && stepDocument(read)).toEqual({ atMs, step: "page-me", exit: 3, deep: { a: [1] } });
  });

  test("whose fact is of another kind is read without that fact", () => {
    const line = '{"at":"2026-11-23T12:00:00.123+00:00","step":"signal-sent","pid":"7","signal":"SIGUSR1"}';
    expect(parseStep(line)).toEqual({ atMs, step: "signal-sent", signal: "SIGUSR1" });
  });

  test("named after a property of every object is no known step", () => {
    const line = '{"at":"2026-11-23T12:00:00.123+00:00","step":"constructor"}';
    expect(parseStep(line)).toMatchObject({ step: "other", name: "constructor" });
  });

  test.each([
    '{"at":"2026-11-23T12:00:0',
    "[]",
    "null",
    '{"step":"signal-sent"}',
    '{"at":"today","step":"signal-sent"}',
    '{"at":"2026-11-23T12:00:00.123+00:00"}',
  ])("is not made of %s", (line) => {
    expect(parseStep(line)).toBeUndefined();
  });
});

describe("whether the signal went out", () => {
  const lines = (...steps: [step: string, facts?: object][]) =>
    steps.flatMap(
      ([step, facts]) =>
        parseStep(JSON.stringify({ at: new Date(atMs).toISOString(), step, ...facts })) ?? [],
    );
  const critical: [string, object] = ["critical", { pid: 7, startTicks: 70, bootId: "b" }];

  test("is known from the step's name, also where its facts are damaged", () => {
    const steps = lines(critical, ["signal-intended"], ["signal-sent", { pid: "seven" }]);
    expect(summariseIncident("x-physical", steps).begun?.sent).toBe(true);
  });

  test("is nobody's where the record does not say whose: no core could be told from another", () => {
    const steps = lines(["critical", { pid: "7", startTicks: 70 }], ["signal-intended"], ["signal-sent"]);
    expect(summariseIncident("x-physical", steps).begun).toBeNull();
  });
});
