import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { checkCgroupSettings } from "../../src/doctor/cgroup-settings.ts";
import { readCore } from "../../src/linux/nso.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv, cgroup: "0::/ncs.service\n" });
});
afterEach(() => proc.close());

const gib = 1024 ** 3;

function checks(files: Record<string, number | string>) {
  const dir = join(proc.dir, "cgroup/ncs.service");
  mkdirSync(dir, { recursive: true });
  for (const [name, value] of Object.entries(files)) writeFileSync(join(dir, name), `${value}\n`);
  const roots = { procDir: proc.dir, cgroupDir: join(proc.dir, "cgroup") };
  const options = { paths: resolvePaths({ home: proc.dir }), config: defaultConfig(), roots, choice: {} };
  return checkCgroupSettings(readCore(proc.dir, 100), options);
}

test("a cgroup without such settings is no line", () =>
  expect(checks({ "memory.max": 16 * gib, "memory.high": "max", "memory.oom.group": 0 })).toEqual([]));

test("memory.oom.group is a warning that says what nsomem does instead", () =>
  expect(checks({ "memory.max": "max", "memory.oom.group": 1 })).toMatchObject([
    { name: "memory.oom.group", verdict: "warn", found: expect.stringContaining("cgroup /ncs.service") },
  ]));

test("memory.high below memory.max is the ceiling; reached, it throttles", () => {
  const high = { "memory.max": 16 * gib, "memory.high": 12 * gib };
  expect(checks({ ...high, "memory.current": 12 * gib - 1024 })).toMatchObject([
    { name: "memory.high", verdict: "ok", found: expect.stringContaining("12.0 GiB in cgroup /ncs.service") },
  ]);
  expect(checks({ ...high, "memory.current": 12 * gib })).toMatchObject([
    { verdict: "warn", found: expect.stringContaining("it is throttled") },
  ]);
});

test("memory.high at memory.max or above changes nothing", () =>
  expect(checks({ "memory.max": 16 * gib, "memory.high": 16 * gib })).toEqual([]));
