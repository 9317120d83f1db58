import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Relative } from "../../../src/linux/family.ts";
import { isShielded, planShield, shield, unshield } from "../../../src/rescue/crash-dump/shield.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc } from "../../linux/made-up-proc.ts";

let proc: MadeUpProc;
const core = { pid: 100, startTicks: 1000 };
const jvm: Relative = { pid: 102, startTicks: 1020, group: "javavm", name: "NcsJVMLauncher" };
const adj = (pid: number) => readFileSync(join(proc.dir, String(pid), "oom_score_adj"), "utf8").trim();

beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv });
  proc.put({ pid: 102, argv: jvmArgv });
});
afterEach(() => proc.close());

/** As without CAP_SYS_RESOURCE: the core's file refuses the write. */
function refuseCore(): void {
  const file = join(proc.dir, "100/oom_score_adj");
  chmodSync(file, 0o444);
  if (process.getuid?.() !== 0) return;
  // Root writes in spite of the mode, so for root the file is not there at all.
  rmSync(file);
}

test("the core is lowered to -999, never to -1000, and its VMs stay", () => {
  expect(shield(proc.dir, core, () => [jvm])).toEqual([{ ...core, from: 0, to: -999 }]);
  expect([adj(100), adj(102)]).toEqual(["-999", "0"]);
});

test("where that is refused the VMs are raised instead", () => {
  refuseCore();
  const changes = shield(proc.dir, core, () => [jvm]);
  expect(changes).toEqual([{ pid: 102, startTicks: 1020, from: 0, to: 1000 }]);
  expect(adj(102)).toBe("1000");
});

test("all is put back when the core lives on", () => {
  unshield(
    proc.dir,
    shield(proc.dir, core, () => [jvm]),
  );
  expect(adj(100)).toBe("0");
});

test("what is about to be changed is known beforehand, and changes nothing", () => {
  const [planned] = planShield(proc.dir, core, () => [jvm]);
  expect([adj(100), adj(102)]).toEqual(["0", "0"]);
  expect(planned).toEqual({ ...core, from: 0, to: -999 });
  expect(shield(proc.dir, core, () => [jvm])).toEqual([{ ...core, from: 0, to: -999 }]);
});

test("a score that was changed again by others since is theirs", () => {
  const changes = shield(proc.dir, core, () => [jvm]);
  writeFileSync(join(proc.dir, "100/oom_score_adj"), "-500");
  unshield(proc.dir, changes);
  expect(adj(100)).toBe("-500");
});

test("a PID that another process took is neither shielded nor put back", () => {
  proc.put({ pid: 100, argv: ["postgres"], startTicks: 1001 });
  expect(shield(proc.dir, core, () => [])).toEqual([]);
  unshield(proc.dir, [{ ...core, from: -500, to: -999 }]);
  expect(adj(100)).toBe("0");
});

test("a core at -999 or lower is shielded as it is, and so is one that has ended", () => {
  expect(isShielded(proc.dir, core)).toBe(false);
  shield(proc.dir, core, () => []);
  expect(isShielded(proc.dir, core)).toBe(true);
  expect(isShielded(proc.dir, { pid: 999, startTicks: 1 })).toBe(true);
});
