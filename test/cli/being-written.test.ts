import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isBeingWritten } from "../../src/cli/being-written.ts";
import { summariseIncident } from "../../src/core/incident.ts";
import type { RecordedStep } from "../../src/core/incident-step.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
  mkdirSync(join(proc.dir, "sys/kernel/random"), { recursive: true });
  writeFileSync(join(proc.dir, "sys/kernel/random/boot_id"), "this-boot\n");
  proc.put({ pid: 100, argv: coreArgv });
});
afterEach(() => proc.close());

const critical: RecordedStep = { atMs: 1, step: "critical", pid: 100, startTicks: 1000, bootId: "this-boot" };
const intended: RecordedStep = { atMs: 2, step: "signal-intended", pid: 100 };
const sent: RecordedStep = { atMs: 3, step: "signal-sent", pid: 100 };
const grown: RecordedStep = { atMs: 4, step: "growing", bytes: 5 };
const isWriting = (...steps: RecordedStep[]) =>
  isBeingWritten(summariseIncident("20261123T120000-000-physical", steps), proc.dir);

test("a dump is being written from the signal to its verdict", () => {
  expect(isWriting(critical, intended)).toBe(false);
  expect(isWriting(critical, intended, sent)).toBe(true);
  expect(isWriting(critical, intended, sent, grown)).toBe(true);
  expect(isWriting(critical, intended, sent, grown, { atMs: 5, step: "verdict", word: "complete" })).toBe(
    false,
  );
});

test("not by another process, nor in another boot, nor when the core has ended", () => {
  expect(isWriting({ ...critical, startTicks: 999 }, intended, sent)).toBe(false);
  expect(isWriting({ ...critical, bootId: "another" }, intended, sent)).toBe(false);
  proc.remove(100);
  expect(isWriting(critical, intended, sent)).toBe(false);
});
