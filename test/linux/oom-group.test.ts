import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findOomGroup } from "../../src/linux/oom-group.ts";
import { coreArgv, type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
let cgroupDir: string;
beforeEach(() => {
  proc = makeProc();
  cgroupDir = join(proc.dir, "cgroup");
  mkdirSync(join(cgroupDir, "pods/one/nso"), { recursive: true });
  proc.put({ pid: 100, argv: coreArgv, cgroup: "0::/pods/one/nso\n" });
});
afterEach(() => {
  proc.close();
  rmSync(cgroupDir, { recursive: true, force: true });
});

/** Where the kernel has one of the two it has the other. */
const set = (path: string, value: string) => {
  writeFileSync(join(cgroupDir, path, "memory.max"), "max\n");
  writeFileSync(join(cgroupDir, path, "memory.oom.group"), `${value}\n`);
};
const found = () => findOomGroup({ procDir: proc.dir, cgroupDir }, 100);

test("a core in no such cgroup is killed alone", () => {
  expect(found()).toBeUndefined();
  set("pods/one/nso", "0");
  expect(found()).toBeUndefined();
});

test("the core's own cgroup, and of several the outermost, which is what is killed", () => {
  set("pods/one/nso", "1");
  expect(found()).toBe("/pods/one/nso");
  set("pods", "1");
  expect(found()).toBe("/pods");
});
