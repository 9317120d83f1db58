import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planHighs, restoreHighs, writeHigh } from "../../src/linux/memory-high.ts";
import { type MadeUpProc, makeProc } from "../tool/plot/made-up-proc.ts";

const mib = 1024 ** 2;
let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setMeminfo({ total: 8 * 1024 ** 2, available: 4 * 1024 ** 2 });
  made.setProcess({ pid: 7, argv: ["/opt/ncs/ncs.smp"], startTicks: 5000, cgroup: "0::/s/nso\n" });
});
afterEach(() => made.remove());

const roots = () => ({ procDir: made.proc, cgroupDir: made.cgroup });
const group = (path: string, highMib: number | "max", currentMib: number, inactiveMib = 0) => {
  made.writeCgroup(`${path}/memory.max`, "max\n");
  made.writeCgroup(`${path}/memory.high`, highMib === "max" ? "max\n" : `${highMib * mib}\n`);
  made.writeCgroup(`${path}/memory.current`, `${currentMib * mib}\n`);
  made.writeCgroup(`${path}/memory.stat`, `inactive_file ${inactiveMib * mib}\n`);
};
const highIn = (path: string) => readFileSync(join(made.cgroup, path, "memory.high"), "utf8").trim();
const plan = () =>
  planHighs(roots(), 7).map(({ path, fromBytes, toBytes }) => [path, fromBytes / mib, toBytes / mib]);

test("raised is what throttles, in the core's cgroup and above it, to 256 MiB more than is charged", () => {
  group("s/nso", 300, 290);
  group("s", 500, 620);
  expect(plan()).toEqual([
    ["/s/nso", 300, 556],
    ["/s", 500, 876],
  ]);
});

test("what has room for a dump stays as it is, also where cache fills it", () => {
  group("s/nso", 1000, 700);
  group("s", 1000, 990, 300);
  expect(plan()).toEqual([]);
  group("s/nso", "max", 700);
  expect(plan()).toEqual([]);
});

test("no more than half of what the host has left is given", () => {
  made.setMeminfo({ total: 8 * 1024 ** 2, available: 100 * 1024 });
  group("s/nso", 300, 300);
  expect(plan()).toEqual([["/s/nso", 300, 350]]);
});

test("a memory.high in the core's own root is left alone: root would write where a container says", () => {
  made.setProcess({ pid: 7, argv: ["/opt/ncs/ncs.smp"], startTicks: 5000, cgroup: "0::/../nso\n" });
  made.write("7/root/sys/fs/cgroup/memory.max", "max\n");
  made.write("7/root/sys/fs/cgroup/memory.high", `${300 * mib}\n`);
  made.write("7/root/sys/fs/cgroup/memory.current", `${300 * mib}\n`);
  expect(plan()).toEqual([]);
});

test("put back is the first value of each, once, and none that somebody else has set since", async () => {
  group("s/nso", 300, 300);
  group("s", 500, 500);
  const changes = planHighs(roots(), 7);
  for (const { file, toBytes } of changes) expect(await writeHigh(file, toBytes)).toBeUndefined();
  group("s/nso", Number(highIn("s/nso")) / mib, 550);
  const again = planHighs(roots(), 7).filter(({ path }) => path === "/s/nso");
  for (const { file, toBytes } of again) expect(await writeHigh(file, toBytes)).toBeUndefined();
  writeFileSync(join(made.cgroup, "s/memory.high"), "max\n");
  const restored = await restoreHighs(roots(), [...changes, ...again]);
  expect(restored.map(({ path, fromBytes }) => [path, fromBytes / mib])).toEqual([["/s/nso", 300]]);
  expect(highIn("s/nso")).toStartWith(String(300 * mib));
  expect(highIn("s")).toBe("max");
  expect(await restoreHighs(roots(), changes)).toEqual([]);
});

test("a record that names another file is not obeyed", async () => {
  const file = join(made.proc, "memory.high");
  made.write("memory.high", "5");
  expect(await restoreHighs(roots(), [{ path: "/x", file, fromBytes: 4, toBytes: 5 }])).toEqual([]);
  const outside = `${made.cgroup}/../proc/memory.high`;
  expect(await restoreHighs(roots(), [{ path: "/x", file: outside, fromBytes: 4, toBytes: 5 }])).toEqual([]);
});

test("what may not be written says why", async () => {
  const reason = await writeHigh(join(made.cgroup, "s/nso/none.high"), 5);
  expect(reason).toBe("ENOENT");
});
