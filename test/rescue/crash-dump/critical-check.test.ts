import { afterEach, beforeEach, expect, test } from "bun:test";
import { defaultConfig } from "../../../src/core/config.ts";
import { createCriticalCheck } from "../../../src/rescue/crash-dump/critical-check.ts";
import { coreArgv } from "../../core/command-lines.ts";
import { clockOf } from "../../fake-clock.ts";
import { type MadeUpProc, makeProc } from "../../tool/plot/made-up-proc.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setProcess({ pid: 7, argv: coreArgv(), cgroup: "0::/nso\n" });
  setCgroup("max", 290_000);
});
afterEach(() => made.remove());

function setCgroup(limitKib: number | "max", usedKib: number) {
  made.writeCgroup("nso/memory.max", limitKib === "max" ? "max\n" : `${limitKib * 1024}\n`);
  made.writeCgroup("nso/memory.current", `${usedKib * 1024}\n`);
}

const check = (ceiling: string, kind: "physical" | "allocated" = "physical") =>
  createCriticalCheck({
    config: defaultConfig(),
    host: { roots: { procDir: made.proc, cgroupDir: made.cgroup }, ...clockOf(() => 0) },
    reading: { kind, thresholdPercent: 95, ceiling },
    core: { pid: 7, startTicks: 5000 },
  });

test("memory is critical under a limit that was set since, and no more when it is lifted or memory is freed", () => {
  const isCritical = check("cgroup:/nso");
  expect(isCritical()).toBe(false);
  setCgroup(300_000, 290_000);
  expect(isCritical()).toBe(true);
  setCgroup(300_000, 200_000);
  expect(isCritical()).toBe(false);
  setCgroup("max", 290_000);
  expect(isCritical()).toBe(false);
});

test("memory is still critical where its ceiling cannot be seen", () => {
  expect(check("cgroup:/elsewhere")()).toBe(true);
  expect(check("host")()).toBe(false);
});

test("what cannot be measured at all is no reason to end a VM", () => {
  made.write("meminfo", "garbage\n");
  expect(check("host")()).toBe(false);
  made.setMeminfo({ commitLimit: null });
  expect(check("host", "allocated")()).toBe(false);
});
