import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { checkJavaHeap } from "../../src/doctor/java-heap.ts";
import { readCore } from "../../src/linux/nso.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
const gib = 1024 ** 2;
beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv });
  const fields = {
    MemTotal: 16 * gib,
    MemFree: 8 * gib,
    MemAvailable: 8 * gib,
    CommitLimit: gib,
    Committed_AS: 0,
  };
  writeFileSync(
    join(proc.dir, "meminfo"),
    Object.entries(fields)
      .map(([name, kib]) => `${name}: ${kib} kB\n`)
      .join(""),
  );
});
afterEach(() => proc.close());

function check() {
  const roots = { procDir: proc.dir, cgroupDir: join(proc.dir, "cgroup") };
  const options = { paths: resolvePaths({ home: proc.dir }), config: defaultConfig(), roots, choice: {} };
  return checkJavaHeap(readCore(proc.dir, 100), options)[0];
}
const putJvm = (...options: string[]) =>
  proc.put({ pid: 101, ppid: 100, argv: [jvmArgv[0] ?? "", ...options, ...jvmArgv.slice(1)], rssKib: gib });
const setEnvironment = (pid: number, text: string) =>
  writeFileSync(join(proc.dir, `${pid}/environ`), `${text}\0`);

test("without a JavaVM there is none", () => expect(check()?.found).toBe("no JavaVM is running"));

test("a heap that fits is in order, one that would be critical is a warning", () => {
  putJvm("-Xmx4g");
  // 8 GiB are used, 1 of them by the VM, which may take 3 more.
  expect(check()).toMatchObject({ verdict: "ok", found: expect.stringContaining("68.7 % of the ceiling") });
  putJvm("-Xmx9g");
  expect(check()).toMatchObject({ verdict: "warn", found: expect.stringContaining("100 % of the ceiling") });
});

test("the core's NCS_JAVA_VM_OPTIONS count where the command line says nothing", () => {
  putJvm();
  setEnvironment(100, "NCS_JAVA_VM_OPTIONS=-Xmx2G -Dx=y");
  expect(check()?.found).toStartWith("-Xmx 2.0 GiB in all");
  putJvm("-Xmx3g");
  expect(check()?.found).toStartWith("-Xmx 3.0 GiB in all");
});

test("without any it is a quarter of the memory", () => {
  putJvm();
  expect(check()?.found).toStartWith("no -Xmx, so about 4.0 GiB");
});
