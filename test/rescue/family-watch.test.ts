import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nsoGrowerOf } from "../../src/core/growth.ts";
import type { Reading } from "../../src/core/reading.ts";
import { readCore } from "../../src/linux/nso.ts";
import { type FamilyWatch, watchFamily } from "../../src/rescue/family-watch.ts";
import { coreArgv, type MadeUpProc, makeProc, pythonArgv } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
let watch: FamilyWatch;
let nowMs = 0;
let usedKib = 0;
let limitKib = 0;
let ceiling = "host";

const plenty: Reading = {
  ...{ kind: "physical", level: "normal", usedKib: 0, limitKib: 0, thresholdPercent: 90, ceiling: "host" },
  ...{ atMs: 0, source: "in-process" },
};

const putCore = (rssKib: number, cgroup = "0::/a\n") =>
  proc.put({ pid: 100, argv: coreArgv, rssKib, uids: [7, 7, 7, 7], cgroup });
const putVm = (pid: number, name: string, rssKib: number, cgroup = "0::/a\n") =>
  proc.put({ pid, ppid: 100, argv: pythonArgv(name), rssKib, uids: [7, 7, 7, 7], cgroup });

beforeEach(() => {
  proc = makeProc();
  nowMs = 1000;
  usedKib = 1_000_000;
  limitKib = 10_000_000;
  ceiling = "host";
  putCore(10_000);
  putVm(201, "calm", 20_000);
  putVm(202, "l3vpn", 20_000);
  proc.put({
    pid: 301,
    ppid: 202,
    argv: pythonArgv("l3vpn"),
    rssKib: 5000,
    uids: [7, 7, 7, 7],
    cgroup: "0::/b\n",
  });
  const core = readCore(proc.dir, 100);
  if (!core) throw new Error("the made-up core is none");
  watch = watchFamily(
    {
      procDir: proc.dir,
      cgroupDir: join(proc.dir, "cgroup"),
      core,
      monotonicMs: () => nowMs,
      physical: () => ({ ...plenty, usedKib, limitKib, ceiling }),
    },
    1_000_000,
  );
  watch.family();
});

afterEach(() => {
  watch.close();
  proc.close();
});

test("growth is of now and not of the last look, a VM that has just begun included", () => {
  nowMs += 9000;
  putVm(202, "l3vpn", 880_000);
  putVm(203, "new", 30_000);
  usedKib = 1_890_000;
  const growth = watch.growth();
  expect(nsoGrowerOf(growth)).toMatchObject({ name: "l3vpn", pid: 202, grewKib: 860_000, overMs: 9000 });
  expect(growth.map(({ name, grewKib }) => [name, grewKib])).toEqual([
    ["l3vpn", 860_000],
    ["new", 30_000],
    ["ncs.smp", 0],
    ["calm", 0],
    ["everything else on the host", 0],
  ]);
});

test("a Python VM's memory is with its children's, who are no growers of their own", () => {
  nowMs += 1000;
  proc.put({ pid: 301, ppid: 202, argv: pythonArgv("l3vpn"), rssKib: 9000, uids: [7, 7, 7, 7] });
  expect(nsoGrowerOf(watch.growth())).toMatchObject({ pid: 202, grewKib: 4000, nowKib: 29_000 });
});

test("asking does not fill the window", () => {
  for (let n = 0; n < 5; n++) watch.growth();
  nowMs += 5 * 60_000;
  watch.growth();
  // The look of the beginning is still the one that now is compared with.
  expect(watch.growth()[0]?.overMs).toBe(5 * 60_000);
});

test("of a cgroup's memory NSO holds what its processes in that cgroup hold", () => {
  nowMs += 1000;
  ceiling = "cgroup:/a memory.high";
  usedKib = 60_000;
  putVm(201, "calm", 20_000, "0::/a/below\n");
  const rest = () => watch.growth().find(({ group }) => group === "rest");
  // 10,000 of the core and 20,000 of either VM; the child is in another cgroup, as is one of a longer name.
  expect(rest()).toMatchObject({ name: "everything else in the cgroup", nowKib: 10_000 });
  putVm(201, "calm", 20_000, "0::/ab\n");
  expect(rest()).toMatchObject({ nowKib: 30_000 });
});

describe("where memory is near its limit, who is beside NSO", () => {
  const kib = 1024;
  /** A cgroup of version 2 that is charged with so much. */
  const putCgroup = (path: string, usedKib: number, cacheKib = 0) => {
    const dir = join(proc.dir, "cgroup", path);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "memory.max"), "max\n");
    writeFileSync(join(dir, "memory.current"), `${usedKib * kib}\n`);
    writeFileSync(join(dir, "memory.stat"), `active_file ${cacheKib * kib}\n`);
    writeFileSync(join(dir, "cgroup.procs"), "");
  };
  const rest = () => watch.growth().find(({ group }) => group === "rest");
  /** At another time, as the look of every 10 s does. */
  const lookAt = (atMs: number, percent: number) => {
    nowMs = atMs;
    usedKib = (limitKib * percent) / 100;
    return rest();
  };

  beforeEach(() => {
    putCgroup("", 0);
    putCgroup("site.slice", 700_000);
    putCgroup("site.slice/nso.service", 300_000);
    putCgroup("site.slice/jobs.slice", 300_000);
    putCgroup("site.slice/jobs.slice/small.service", 10_000);
    putCgroup("site.slice/jobs.slice/neighbour.service", 290_000);
    putCgroup("site.slice/cache.service", 600_000, 590_000);
    putCgroup("elsewhere.service", 5_000_000);
    putCore(300_000, "0::/site.slice/nso.service\n");
    limitKib = 1_000_000;
    ceiling = "cgroup:/site.slice";
  });

  test("is not looked at while memory is plenty", () => {
    expect(lookAt(2000, 71)?.beside).toBeUndefined();
  });

  test("the largest of what the ceiling is over, without its cache, the first time", () => {
    expect(lookAt(2000, 73)?.beside).toEqual({
      name: "neighbour.service in cgroup /site.slice/jobs.slice",
      nowKib: 290_000,
      grewKib: null,
      overMs: 0,
    });
  });

  test("then the one that grew most since, also one that is new", () => {
    lookAt(2000, 73);
    putCgroup("site.slice/jobs.slice/small.service", 50_000);
    expect(lookAt(5000, 78)?.beside).toEqual({
      name: "small.service in cgroup /site.slice/jobs.slice",
      ...{ nowKib: 50_000, grewKib: 40_000, overMs: 3000 },
    });
    putCgroup("site.slice/new.service", 60_000);
    expect(lookAt(6000, 84)?.beside).toMatchObject({
      name: "new.service in cgroup /site.slice",
      grewKib: 60_000,
    });
  });

  test("a process in the core's own cgroup, and none of NSO's", () => {
    writeFileSync(join(proc.dir, "cgroup/site.slice/nso.service/cgroup.procs"), "100\n202\n400\n");
    proc.put({ pid: 400, argv: ["stress"], rssKib: 400_000 });
    writeFileSync(join(proc.dir, "400/comm"), "stress\n");
    expect(lookAt(2000, 73)?.beside).toMatchObject({ name: "stress (PID 400)", nowKib: 400_000 });
  });

  test("on the host it may be anybody, in version 1 as well", () => {
    ceiling = "host";
    expect(lookAt(2000, 73)?.beside).toMatchObject({
      name: "elsewhere.service in cgroup /",
      nowKib: 5_000_000,
    });
    const dir = join(proc.dir, "cgroup/memory");
    for (const [path, usage] of [
      ["", 0],
      ["nso", 300_000],
      ["pod/one", 400_000],
    ] as const) {
      mkdirSync(join(dir, path), { recursive: true });
      writeFileSync(join(dir, path, "memory.limit_in_bytes"), "9223372036854771712\n");
      writeFileSync(join(dir, path, "memory.usage_in_bytes"), `${usage * kib}\n`);
      writeFileSync(join(dir, path, "cgroup.procs"), "");
    }
    writeFileSync(join(dir, "pod/memory.usage_in_bytes"), `${400_000 * kib}\n`);
    putCore(300_000, "9:memory:/nso\n");
    expect(lookAt(3000, 73)?.beside).toMatchObject({ name: "one in cgroup /pod", nowKib: 400_000 });
  });
});
