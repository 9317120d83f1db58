import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { findFamily } from "../../src/linux/family.ts";
import { type Core, isSameCore, readCore } from "../../src/linux/nso.ts";
import { processTrees } from "../core/process-trees.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc, pythonArgv } from "./made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv, cgroup: "4:memory:/a\n" });
});
afterEach(() => proc.close());

function core(pid = 100): Core {
  const found = readCore(proc.dir, pid);
  if (!found) throw new Error(`no core ${pid}`);
  return found;
}
const family = (pid?: number) => findFamily(proc.dir, core(pid)).map(({ name }) => name);

describe("the VMs of a core", () => {
  test("are its descendants, also through a shell, with the children of a Python VM", () => {
    proc.put({ pid: 101, ppid: 100, argv: ["erl_child_setup"] });
    proc.put({ pid: 102, ppid: 101, argv: jvmArgv });
    proc.put({ pid: 103, ppid: 101, argv: ["sh", "-c", "…"] });
    proc.put({ pid: 104, ppid: 103, argv: pythonArgv("bgworker") });
    proc.put({ pid: 105, ppid: 104, argv: ["python3", "-c", "--multiprocessing-fork"] });
    expect(family()).toEqual(["NcsJVMLauncher", "bgworker", "bgworker child"]);
  });

  test("of the only core are also those that somebody started by hand", () => {
    proc.put({ pid: 102, argv: jvmArgv });
    expect(family()).toEqual(["NcsJVMLauncher"]);
  });

  test("of one core among several are its descendants alone", () => {
    proc.put({ pid: 200, argv: coreArgv, cgroup: "4:memory:/a\n" });
    proc.put({ pid: 102, ppid: 100, argv: jvmArgv, cgroup: "4:memory:/a\n" });
    proc.put({ pid: 202, ppid: 200, argv: pythonArgv("theirs"), cgroup: "4:memory:/a\n" });
    proc.put({ pid: 302, argv: pythonArgv("nobodys"), cgroup: "4:memory:/a\n" });
    expect(family(100)).toEqual(["NcsJVMLauncher"]);
    expect(family(200)).toEqual(["theirs"]);
  });

  test("of the only core in a cgroup are those without a core there, but not another core's own", () => {
    proc.put({ pid: 200, argv: coreArgv, cgroup: "4:memory:/b\n" });
    proc.put({ pid: 302, argv: pythonArgv("here"), cgroup: "4:memory:/a\n" });
    proc.put({ pid: 303, argv: pythonArgv("there"), cgroup: "4:memory:/b\n" });
    proc.put({ pid: 304, ppid: 200, argv: pythonArgv("theirs"), cgroup: "4:memory:/a\n" });
    expect(family(100)).toEqual(["here"]);
  });

  test("are neither zombies nor programs whose arguments only contain the words", () => {
    proc.put({ pid: 102, ppid: 100, argv: jvmArgv, state: "Z" });
    proc.put({ pid: 103, ppid: 100, argv: ["vim", "com.tailf.ncs.NcsJVMLauncher"] });
    expect(family()).toEqual([]);
  });

  test("a ring of parents ends the search", () => {
    proc.put({ pid: 201, ppid: 202, argv: jvmArgv });
    proc.put({ pid: 202, ppid: 201, argv: ["sh"] });
    proc.put({ pid: 300, argv: coreArgv });
    expect(family()).toEqual([]);
  });
});

describe("the family of a core", () => {
  test.each(processTrees)("$what", ({ followed, processes }) => {
    proc.remove(100);
    for (const { cgroup = "0::/\n", ...process } of processes) proc.put({ cgroup, ...process });
    const found = findFamily(proc.dir, core(followed)).map(({ pid }) => pid);
    const belonging = processes.filter(({ belongs }) => belongs !== undefined).map(({ pid }) => pid);
    expect(found.toSorted((a, b) => a - b)).toEqual(belonging.toSorted((a, b) => a - b));
  });
});

describe("a PID that was reused", () => {
  test("is not the core any more, though it is an NSO core again", () => {
    const before = core();
    expect(isSameCore(proc.dir, before)).toBe(true);
    proc.put({ pid: 100, argv: coreArgv, startTicks: 1001 });
    expect(isSameCore(proc.dir, before)).toBe(false);
  });

  test("is not the core any more when another program took it at the same tick", () => {
    const before = core();
    proc.put({ pid: 100, argv: ["postgres"] });
    expect(isSameCore(proc.dir, before)).toBe(false);
  });
});
