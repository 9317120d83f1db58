import { afterEach, beforeEach, expect, test } from "bun:test";
import { createCeilings } from "../../src/linux/ceilings.ts";
import { type MadeUpProc, makeProc } from "../tool/plot/made-up-proc.ts";

const argv = ["/opt/ncs/ncs.smp", "-boot", "ncs"];
let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  for (const path of ["a", "b"]) {
    made.writeCgroup(`${path}/memory.max`, "max\n");
    made.writeCgroup(`${path}/memory.current`, "1024\n");
  }
  move("a");
});
afterEach(() => made.remove());

const move = (path: string, startTicks = 5000) =>
  made.setProcess({ pid: 7, argv, startTicks, cgroup: `0::/${path}\n` });
const limit = (path: string, text: string) => made.writeCgroup(path, `${text}\n`);

function follow() {
  let nowMs = 0;
  const ceilings = createCeilings({ procDir: made.proc, cgroupDir: made.cgroup }, () => nowMs);
  ceilings.follow({ pid: 7, startTicks: 5000 });
  const names = () => ceilings.measure().ceilings.map(({ name, limitKib }) => `${name} ${limitKib}`);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ...ceilings, names, pass };
}

test("a limit that is set, changed and lifted is seen at once", () => {
  const { names } = follow();
  expect(names()).toEqual([]);
  limit("a/memory.max", "4096");
  expect(names()).toEqual(["cgroup:/a 4"]);
  limit("a/memory.max", "8192");
  expect(names()).toEqual(["cgroup:/a 8"]);
  limit("a/memory.max", "max");
  expect(names()).toEqual([]);
});

test("a core that was moved is measured where it is now", () => {
  limit("b/memory.max", "4096");
  const { names } = follow();
  move("b");
  expect(names()).toEqual(["cgroup:/b 4"]);
});

test("a memory controller that is enabled later is found within 4 s", () => {
  move("c");
  const { names, pass } = follow();
  limit("c/memory.max", "4096");
  limit("c/memory.current", "1024");
  pass(3999);
  expect(names()).toEqual([]);
  pass(1);
  expect(names()).toEqual(["cgroup:/c 4"]);
});

test("the cgroups of a core that has ended outlive it, and are not those of who has its PID then", () => {
  limit("a/memory.max", "4096");
  limit("b/memory.max", "4096");
  const { names } = follow();
  made.removeProcess(7);
  expect(names()).toEqual(["cgroup:/a 4"]);
  move("b", 6000);
  expect(names()).toEqual(["cgroup:/a 4"]);
});

test("a core in another container is unknown, until it can be seen", () => {
  const { unknown, names, pass } = follow();
  expect(unknown()).toBeUndefined();
  move("../nso");
  expect(unknown()).toBe("the memory limits of NSO's cgroup /../nso cannot be seen from here");
  made.write("7/root/sys/fs/cgroup/memory.max", "4096\n");
  made.write("7/root/sys/fs/cgroup/memory.current", "1024\n");
  pass(10_000);
  expect(unknown()).toBeUndefined();
  expect(names()).toEqual(["cgroup:/../nso 4"]);
});
