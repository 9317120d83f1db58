import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { describeRules } from "../../src/drill/rules.ts";
import { type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

const rulesInMode = (mode: number) => {
  mkdirSync(join(proc.dir, "sys/vm"), { recursive: true });
  writeFileSync(join(proc.dir, "sys/vm/overcommit_memory"), `${mode}\n`);
  return describeRules(defaultConfig(), proc.dir);
};

test("in overcommit mode 0 allocated memory is advisory", () =>
  expect(rulesInMode(0)).toBe(
    "warning_phy: debug-dump, evidence; crit_phy: crash-dump; warning_alloc: debug-dump, evidence (advisory here)",
  ));
test("in mode 2 it is not", () =>
  expect(rulesInMode(2)).toBe(
    "warning_phy: debug-dump, evidence; crit_phy: crash-dump; warning_alloc: debug-dump, evidence",
  ));
