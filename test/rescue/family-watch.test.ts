import { afterEach, beforeEach, expect, test } from "bun:test";
import { nsoGrowerOf } from "../../src/core/growth.ts";
import type { Reading } from "../../src/core/reading.ts";
import { readCore } from "../../src/linux/nso.ts";
import { type FamilyWatch, watchFamily } from "../../src/rescue/family-watch.ts";
import { coreArgv, type MadeUpProc, makeProc, pythonArgv } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
let watch: FamilyWatch;
let nowMs = 0;
let usedKib = 0;
let ceiling = "host";

const putCore = (rssKib: number, cgroup = "0::/a\n") =>
  proc.put({ pid: 100, argv: coreArgv, rssKib, uids: [7, 7, 7, 7], cgroup });
const putVm = (pid: number, name: string, rssKib: number, cgroup = "0::/a\n") =>
  proc.put({ pid, ppid: 100, argv: pythonArgv(name), rssKib, uids: [7, 7, 7, 7], cgroup });

beforeEach(() => {
  proc = makeProc();
  nowMs = 1000;
  usedKib = 1_000_000;
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
      core,
      monotonicMs: () => nowMs,
      physical: () => ({ usedKib, ceiling }) as Reading,
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
