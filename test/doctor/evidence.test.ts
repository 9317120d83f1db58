import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { checkEvidence } from "../../src/doctor/evidence.ts";
import { readCore } from "../../src/linux/nso.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv });
});
afterEach(() => proc.close());

function check(config = defaultConfig()) {
  const roots = { procDir: proc.dir, cgroupDir: join(proc.dir, "cgroup") };
  const options = { paths: resolvePaths({ home: proc.dir }), config, roots, choice: {} };
  return checkEvidence(readCore(proc.dir, 100), options);
}
const putJvm = (pid: number) => proc.put({ pid, ppid: 100, argv: jvmArgv });
const letIn = (pid: number) => {
  for (const name of ["mem", "pagemap"]) writeFileSync(join(proc.dir, `${pid}/${name}`), "");
};

test("VMs that can be looked into are counted", () => {
  expect(check()).toMatchObject([{ verdict: "ok", found: "no VM is running" }]);
  putJvm(101);
  letIn(101);
  expect(check()).toMatchObject([{ verdict: "ok", found: "1 of 1 can be looked into" }]);
});

test("one that cannot is a warning with the reason", () => {
  putJvm(101);
  letIn(101);
  putJvm(102);
  const [first] = check();
  expect(first).toMatchObject({ verdict: "warn", mend: expect.stringContaining("as root") });
  expect(first?.found).toContain("1 of 2 can be looked into; NcsJVMLauncher (PID 102): ");
});

test("where no rule takes evidence there is nothing to check", () => {
  const config = defaultConfig();
  putJvm(101);
  const actions = { ...config.actions, warning_phy: [], warning_alloc: [] };
  expect(check({ ...config, actions })).toEqual([]);
});
