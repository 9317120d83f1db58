import { expect, test } from "bun:test";
import { createSight } from "../../src/agent/sight.ts";
import { fakeClock } from "../fake-clock.ts";

function makeSight() {
  const clock = fakeClock();
  const said: string[] = [];
  const sight = createSight({
    ...clock,
    journal: { action: (text) => void said.push(text) },
    lastKnown: () => "Last known: physical critical (96 %).",
  });
  return { clock, said, sight };
}

test("three seconds without a look at physical memory are seeing, a moment more is blindness, with its reason", () => {
  const { clock, sight } = makeSight();
  sight.saw("physical");
  sight.failed("no meminfo");
  clock.pass(3000);
  expect(sight.blindness()).toBeUndefined();
  expect(sight.isSeeing()).toBe(true);
  clock.pass(1);
  expect(sight.isSeeing()).toBe(false);
  expect(sight.blindness()).toEqual({ sinceMs: clock.wallMs() - 3001, ageMs: 3001, reason: "no meminfo" });
});

test("allocated memory alone is no sight: not every host has it", () => {
  const { clock, sight } = makeSight();
  clock.pass(3001);
  sight.saw("allocated");
  expect(sight.isSeeing()).toBe(false);
});

test("its loss is said once with what was last known, and its return with how long that took", () => {
  const { clock, said, sight } = makeSight();
  sight.failed("no meminfo");
  clock.pass(4000);
  expect([sight.look(), sight.look()]).toEqual([true, false]);
  clock.pass(8000);
  expect(sight.look()).toBe(false);
  sight.saw("physical");
  expect([sight.look(), sight.look()]).toEqual([true, false]);
  expect(said).toEqual([
    "memory cannot be measured for 3.0 s: no meminfo. Last known: physical critical (96 %). No rescue begins until it can.",
    "memory is measured again, after 12 s",
  ]);
});

test("setting the time of day makes nobody blind", () => {
  const { clock, sight } = makeSight();
  clock.set(86_400_000);
  expect(sight.isSeeing()).toBe(true);
});
