import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createNewcomers } from "../../src/agent/newcomers.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
let nowMs: number;
beforeEach(() => {
  proc = makeProc();
  nowMs = 0;
});
afterEach(() => proc.close());

const lastPid = (pid: number) => writeFileSync(join(proc.dir, "loadavg"), `0.00 0.01 0.05 1/100 ${pid}\n`);

function begun(pid: number) {
  lastPid(pid);
  const newcomers = createNewcomers(proc.dir, () => nowMs);
  newcomers.begin();
  return newcomers;
}

test("a core that starts is seen at the next look, also one whose process had just begun", () => {
  proc.put({ pid: 36, argv: coreArgv });
  proc.put({ pid: 99, argv: ["/bin/sh", "ncs"] });
  const newcomers = begun(100);
  expect(newcomers.cores()).toEqual([]);
  proc.put({ pid: 99, argv: coreArgv });
  expect(newcomers.cores()).toEqual([99]);
  proc.put({ pid: 101, argv: coreArgv });
  lastPid(103);
  expect(newcomers.cores()).toEqual([99, 101]);
});

test("a start script that becomes the core is seen for 15 s", () => {
  const newcomers = begun(100);
  proc.put({ pid: 101, argv: ["/bin/sh", "ncs"] });
  lastPid(101);
  expect(newcomers.cores()).toEqual([]);
  proc.put({ pid: 101, argv: coreArgv });
  nowMs = 15_000;
  expect(newcomers.cores()).toEqual([101]);
  nowMs = 15_001;
  expect(newcomers.cores()).toEqual([]);
});

test("of thousands the newest are looked at, and none after the numbers began anew", () => {
  const newcomers = begun(100);
  for (const pid of [4936, 4937]) proc.put({ pid, argv: coreArgv });
  lastPid(5000);
  expect(newcomers.cores()).toEqual([4937]);
  lastPid(20);
  expect(newcomers.cores()).toEqual([4937]);
});

test("without loadavg none is seen", () => {
  expect(createNewcomers(proc.dir, () => nowMs).cores()).toEqual([]);
});
