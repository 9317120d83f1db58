import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { coreArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { type RunningTool, startTool } from "./run.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
});
afterEach(() => made.remove());

const start = (more: Record<string, string> = {}, args?: string[]) =>
  startTool({
    ...(args ? { args } : {}),
    env: { NSOMEM_PROC: made.proc, NSOMEM_CGROUP: made.cgroup, NSOMEM_WITHOUT_CORE: "stay", ...more },
  });

const physical = (tool: RunningTool) => tool.readings().filter(({ kind }) => kind === "physical");
/** So long that only the first tick is a full one. */
const oneFullTick = { NSOMEM_INTERVAL_MS_MAX: "60000", NSOMEM_INTERVAL_MS_MIN: "20" };
const roomy = { total: 1024 ** 3, available: 1024 ** 3, committed: 0, commitLimit: 1024 ** 3 };
/** 1 TiB, and `headroomKib` below its warning at 90 %. */
const nearWarning = (headroomKib: number) => {
  const total = 1024 ** 3;
  return { total, available: total - Math.ceil(total * 0.9) + headroomKib };
};

describe("full ticks", () => {
  test("come at absolute times: work and late wake-ups do not add up", async () => {
    const intervalMs = 200;
    const tool = start({ NSOMEM_INTERVAL_MS_MAX: String(intervalMs) });
    await tool.ticks(14);
    await tool.end();
    const times = physical(tool).map(({ atMs }) => atMs);
    // A busy machine makes single ticks late, and may leave one out; the others still stand on the grid.
    const besideGridMs = times.slice(9).map((atMs) => {
      const phase = (atMs - (times[0] ?? 0)) % intervalMs;
      return Math.min(phase, intervalMs - phase);
    });
    expect(Math.min(...besideGridMs)).toBeLessThan(12);
  });

  test("are the only ones far below the limits", async () => {
    made.setMeminfo(roomy);
    const tool = start(oneFullTick);
    await tool.ticks(1);
    made.setMeminfo({ available: 0 });
    await Bun.sleep(150);
    await tool.end();
    expect(physical(tool)).toHaveLength(1);
  });
});

describe("fast ticks", () => {
  test("just below a limit see it crossed within 20 ms and what the machine adds", async () => {
    made.setMeminfo(nearWarning(1));
    const tool = start(oneFullTick);
    await tool.ticks(1);
    const crossedMs = Date.now();
    made.setMeminfo(nearWarning(0));
    await tool.until(() => physical(tool).at(-1)?.level === "warning", 1000);
    await tool.end();
    expect((physical(tool).at(-1)?.atMs ?? 0) - crossedMs).toBeLessThan(500);
  });

  test("print a kind's line only when its level has changed, both up and down", async () => {
    made.setMeminfo(nearWarning(1));
    const tool = start(oneFullTick);
    await tool.ticks(1);
    await Bun.sleep(100);
    made.setMeminfo(nearWarning(0));
    await tool.until(() => physical(tool).length === 2);
    await Bun.sleep(100);
    made.setMeminfo(nearWarning(1));
    await tool.until(() => physical(tool).length === 3);
    await tool.end();
    expect(physical(tool).map(({ level }) => level)).toEqual(["normal", "warning", "normal"]);
    expect(tool.readings().filter(({ kind }) => kind === "allocated")).toHaveLength(1);
  });

  test("without -v print every crossing, also the second one after a silent recovery", async () => {
    made.setMeminfo(nearWarning(1));
    const tool = start(oneFullTick, ["-m"]);
    await Bun.sleep(150);
    for (const count of [1, 2]) {
      made.setMeminfo(nearWarning(0));
      await tool.until(() => physical(tool).length === count);
      made.setMeminfo(nearWarning(1));
      await Bun.sleep(100);
    }
    await tool.end();
    expect(physical(tool).map(({ level }) => level)).toEqual(["warning", "warning"]);
  });

  test("follow the commit limit as well", async () => {
    made.write("sys/vm/overcommit_memory", "2\n");
    made.setMeminfo({ ...roomy, commitLimit: 1_000_000, committed: 899_000 });
    const tool = start(oneFullTick);
    await tool.ticks(1);
    made.setMeminfo({ ...roomy, commitLimit: 1_000_000, committed: 950_000 });
    await tool.until(() =>
      tool.readings().some(({ kind, level }) => kind === "allocated" && level === "critical"),
    );
    await tool.end();
  });

  test.each(["0", "1"])(
    "do not hurry for the commit limit in overcommit mode %s, where it is not in force",
    async (mode) => {
      made.write("sys/vm/overcommit_memory", `${mode}\n`);
      made.setMeminfo({ ...roomy, commitLimit: 1_000_000, committed: 899_999 });
      const tool = start(oneFullTick);
      await tool.ticks(1);
      made.setMeminfo({ ...roomy, commitLimit: 1_000_000, committed: 950_000 });
      await Bun.sleep(150);
      await tool.end();
      expect(tool.readings().filter(({ kind }) => kind === "allocated")).toHaveLength(1);
    },
  );

  test("follow the core's cgroup as well, although the host has plenty", async () => {
    made.setMeminfo(roomy);
    made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: "0::/nso\n" });
    made.writeCgroup("nso/memory.max", `${1024 ** 3}\n`);
    made.writeCgroup("nso/memory.current", `${900 * 1024 ** 2}\n`);
    made.writeCgroup("nso/memory.stat", "inactive_file 0\n");
    const tool = start(oneFullTick);
    await tool.ticks(1);
    made.writeCgroup("nso/memory.current", `${1000 * 1024 ** 2}\n`);
    await tool.until(() => physical(tool).at(-1)?.level === "critical");
    await tool.end();
    expect(physical(tool).at(-1)?.ceiling).toBe("cgroup:/nso");
  });

  test("leave the processes alone", async () => {
    made.setMeminfo(nearWarning(1));
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start(oneFullTick);
    await tool.until(() => tool.samples().length === 1);
    await Bun.sleep(150);
    await tool.end();
    expect(tool.samples()).toHaveLength(1);
  });
});
