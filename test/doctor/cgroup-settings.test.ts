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

test("memory.high that nsomem may not raise, or is under itself, is a warning with the way out", () => {
  const high = { "memory.max": "max", "memory.high": 12 * gib, "memory.current": gib };
  expect(checks(high)).toMatchObject([
    { verdict: "ok", found: expect.stringContaining("raises it while NSO writes its dump") },
  ]);
  proc.put({ pid: process.pid, argv: ["nsomem"], cgroup: "0::/ncs.service\n" });
  expect(checks(high)).toMatchObject([
    { verdict: "warn", found: expect.stringContaining("is throttled with NSO"), mend: expect.any(String) },
  ]);
  proc.put({ pid: 100, argv: coreArgv, cgroup: "0::/../ncs.service\n" });
  const theirs = join(proc.dir, "100/root/sys/fs/cgroup");
  mkdirSync(theirs, { recursive: true });
  writeFileSync(join(theirs, "memory.max"), "max");
  writeFileSync(join(theirs, "memory.high"), String(12 * gib));
  expect(checks(high)).toMatchObject([
    { verdict: "warn", found: expect.stringContaining("may not raise it for the dump") },
  ]);
});

test("memory.high at memory.max or above changes nothing", () =>
  expect(checks({ "memory.max": 16 * gib, "memory.high": 16 * gib })).toEqual([]));
