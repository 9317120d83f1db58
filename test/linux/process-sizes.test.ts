import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFamily } from "../../src/linux/family.ts";
import { readCore } from "../../src/linux/nso.ts";
import { measureProcesses, parseSize } from "../../src/linux/process-sizes.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc, pythonArgv } from "./made-up-proc.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
});
afterEach(() => made.close());

function put(pid: number, ppid: number, argv: string[], rssKib: number): void {
  made.put({ pid, ppid, argv, uids: [0, 0, 0, 0] });
  const status = `Tgid:\t${pid}\nUid:\t0\t0\t0\t0\nVmRSS:\t${rssKib} kB\nVmData:\t${rssKib * 2} kB\nVmStk:\t132 kB\n`;
  writeFileSync(join(made.dir, String(pid), "status"), status);
}

test("core and VMs are sampled, and the children of a Python VM are added to it", () => {
  put(10, 1, coreArgv, 1000);
  put(11, 10, jvmArgv, 200);
  put(12, 10, pythonArgv("worker"), 100);
  put(13, 12, ["python3", "-c", "child"], 10);
  const core = readCore(made.dir, 10);
  if (!core) throw new Error("no core");
  const family = findFamily(made.dir, core);
  const measure = () => measureProcesses(made.dir, core, { family, atMs: 5 });
  const ofChild = { pid: 13, rssKib: 10, allocatedKib: 152 };
  expect(measure()).toEqual([
    { group: "core", name: "ncs.smp", pid: 10, rssKib: 1000, allocatedKib: 2132, children: [], atMs: 5 },
    {
      ...{ group: "javavm", name: "NcsJVMLauncher", pid: 11, rssKib: 200, allocatedKib: 532 },
      ...{ children: [], atMs: 5 },
    },
    {
      ...{ group: "pythonvm", name: "worker", pid: 12, rssKib: 110, allocatedKib: 332 + 152 },
      ...{ children: [ofChild], atMs: 5 },
    },
  ]);
  made.remove(11);
  made.put({ pid: 13, ppid: 1, startTicks: 999, argv: ["another"] });
  expect(measure().map(({ pid, children }) => [pid, children.length])).toEqual([
    [10, 0],
    [12, 0],
  ]);
});

test("a zombie has no size", () => {
  expect(parseSize("Name:\tncs.smp\nState:\tZ (zombie)\n")).toBeUndefined();
});
