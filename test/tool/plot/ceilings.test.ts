import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { physicalReading } from "../../../src/core/ceiling.ts";
import { createCeilings } from "../../../src/linux/ceilings.ts";
import { readMeminfo } from "../../../src/linux/meminfo.ts";
import { coreArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { type RunningTool, startTool } from "./run.ts";

const corePid = 8571;
const mib = 1024 * 1024;
let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setMeminfo({ total: 4_000_000, available: 3_000_000 });
});
afterEach(() => made.remove());

const start = () => startTool({ env: { NSOMEM_PROC: made.proc, NSOMEM_CGROUP: made.cgroup } });

/** The core in the cgroups that the text of its /proc/PID/cgroup names. */
const setCore = (cgroup: string) => made.setProcess({ pid: corePid, argv: coreArgv(), cgroup });

interface Use {
  limit: number | "max";
  currentMib: number;
  inactiveMib?: number;
}

function setV2(path: string, { limit, currentMib, inactiveMib = 0 }: Use) {
  made.writeCgroup(`${path}/memory.max`, `${limit}\n`);
  made.writeCgroup(`${path}/memory.current`, `${currentMib * mib}\n`);
  made.writeCgroup(
    `${path}/memory.stat`,
    `anon 1\nfile 2\ninactive_anon 9\ninactive_file ${inactiveMib * mib}\n`,
  );
}

function setV1(path: string, { limit, currentMib, inactiveMib = 0 }: Use) {
  made.writeCgroup(
    `memory${path}/memory.limit_in_bytes`,
    `${limit === "max" ? "9223372036854771712" : limit}\n`,
  );
  made.writeCgroup(`memory${path}/memory.usage_in_bytes`, `${currentMib * mib}\n`);
  made.writeCgroup(
    `memory${path}/memory.stat`,
    `cache 1\ninactive_file 7777\ntotal_inactive_file ${inactiveMib * mib}\n`,
  );
}

const physical = (tool: RunningTool) => tool.readings().filter(({ kind }) => kind === "physical");

/** The first physical reading of the tool; the agent's own measurement must be the same. */
async function reading() {
  const tool = start();
  await tool.ticks(1);
  await tool.end();
  const first = physical(tool)[0];
  const cgroups = createCeilings({ procDir: made.proc, cgroupDir: made.cgroup }, () => 0);
  cgroups.follow({ pid: corePid, startTicks: 5000 });
  const own = physicalReading(readMeminfo(made.proc), cgroups.measure().ceilings, {
    limits: { warningPercent: 90, criticalPercent: 95 },
    basis: "available",
    atMs: first?.atMs ?? 0,
  });
  expect(first).toEqual({ ...own, source: "tool" });
  return first;
}

describe("the ceiling that binds", () => {
  test("is the host where the core's cgroups have no limit", async () => {
    setCore("0::/system.slice/ncs.service\n");
    setV2("/system.slice/ncs.service", { limit: "max", currentMib: 900 });
    expect(await reading()).toMatchObject({ ceiling: "host", usedKib: 1_000_000, limitKib: 4_000_000 });
  });

  test("is the core's cgroup where that has the least headroom (version 2)", async () => {
    setCore("0::/system.slice/ncs.service\n");
    setV2("/system.slice/ncs.service", { limit: 1000 * mib, currentMib: 700, inactiveMib: 100 });
    expect(await reading()).toMatchObject({
      ceiling: "cgroup:/system.slice/ncs.service",
      usedKib: 600 * 1024,
      limitKib: 1000 * 1024,
      level: "normal",
    });
  });

  test("is named in the line in the place of MemTotal", async () => {
    setCore("0::/kubepods/pod 1/nso\n");
    setV2("/kubepods/pod 1/nso", { limit: 1000 * mib, currentMib: 950 });
    const tool = start();
    await tool.ticks(1);
    await tool.end();
    expect(tool.lines.find((line) => line.includes("Physical"))).toEndWith(
      "[MONITOR] [CRIT] Physical Memory Usage 972800 KB/1024000 KB(95%) exceeded 95% of cgroup:/kubepods/pod 1/nso",
    );
  });

  test("may be any ancestor", async () => {
    setCore("0::/a/b/c\n");
    setV2("/a/b/c", { limit: 3000 * mib, currentMib: 100 });
    setV2("/a/b", { limit: "max", currentMib: 100 });
    setV2("/a", { limit: 500 * mib, currentMib: 400 });
    expect((await reading())?.ceiling).toBe("cgroup:/a");
  });

  test("is the one with the most severe level, before headroom", async () => {
    made.setMeminfo({ total: 4_000_000, available: 390_000 }); // 90.25 %: more KiB free than the cgroup has
    setCore("0::/small\n");
    setV2("/small", { limit: 100 * mib, currentMib: 50 });
    expect(await reading()).toMatchObject({ ceiling: "host", level: "warning" });
  });

  test("is the one with the least headroom among equals, the host when that is equal too", async () => {
    made.setMeminfo({ total: 1024 * 1024, available: 512 * 1024 });
    setCore("0::/a/b\n");
    setV2("/a/b", { limit: 900 * mib, currentMib: 388 });
    setV2("/a", { limit: 900 * mib, currentMib: 388 });
    expect((await reading())?.ceiling).toBe("host");
    setV2("/a/b", { limit: 900 * mib, currentMib: 389 });
    setV2("/a", { limit: 900 * mib, currentMib: 389 });
    expect((await reading())?.ceiling).toBe("cgroup:/a/b");
  });

  test("is a cgroup of version 1, whose total_inactive_file is not used", async () => {
    setCore("8:pids:/\n4:memory:/docker/abc\n0::/\n");
    setV1("/docker/abc", { limit: 1000 * mib, currentMib: 980, inactiveMib: 60 });
    setV1("", { limit: "max", currentMib: 2000 });
    expect(await reading()).toMatchObject({
      ceiling: "cgroup:/docker/abc",
      level: "warning",
      usedKib: 920 * 1024,
    });
  });

  test("of version 1 may share its hierarchy with other controllers", async () => {
    setCore("4:cpu,memory,hugetlb:/nso\n");
    setV1("/nso", { limit: 1000 * mib, currentMib: 980 });
    expect((await reading())?.ceiling).toBe("cgroup:/nso");
  });

  test("of version 2 is looked for under unified on a host with both versions", async () => {
    setCore("4:memory:/one\n0::/two\n");
    setV1("/one", { limit: 1000 * mib, currentMib: 100 });
    setV2("unified/two", { limit: 1000 * mib, currentMib: 200 });
    expect((await reading())?.ceiling).toBe("cgroup:/two");
  });

  test("inside a container is the mount itself", async () => {
    setCore("0::/\n");
    setV2("", { limit: 1000 * mib, currentMib: 900 });
    expect(await reading()).toMatchObject({ ceiling: "cgroup:/", level: "warning" });
  });

  test.each(["/..", "/../..", "/../nso", "/../../other/nso"])(
    "of a core in another container, whose path reads %s, is the host and not our own cgroup",
    async (path) => {
      setCore(`0::${path}\n`);
      setV2("", { limit: 1000 * mib, currentMib: 900 });
      expect(await reading()).toMatchObject({ ceiling: "host", level: "normal" });
    },
  );

  test("inside a container without a cgroup namespace is the mount, although the path is the host's", async () => {
    setCore("4:memory:/docker/0123456789ab\n");
    setV1("", { limit: 1000 * mib, currentMib: 900 });
    expect(await reading()).toMatchObject({ ceiling: "cgroup:/", level: "warning" });
  });

  test("is not a cgroup as large as the host or larger", async () => {
    setCore("0::/large\n");
    setV2("/large", { limit: 4_000_000 * 1024, currentMib: 3900 });
    expect((await reading())?.ceiling).toBe("host");
    setV2("/large", { limit: 4_000_000 * 1024 - 1024, currentMib: 3900 });
    expect((await reading())?.ceiling).toBe("cgroup:/large");
  });

  test("is not a cgroup whose files say something else than numbers", async () => {
    setCore("0::/odd\n");
    setV2("/odd", { limit: 1000 * mib, currentMib: 990 });
    made.writeCgroup("/odd/memory.current", "a[$(>pwned)]\n");
    const tool = start();
    await tool.ticks(1);
    const { stderr } = await tool.end();
    expect(physical(tool)[0]?.ceiling).toBe("host");
    expect(stderr).toBe("");
    expect(await Bun.file(`${made.proc}/pwned`).exists()).toBe(false);
  });

  test("with more page cache than use is empty", async () => {
    setCore("0::/cache\n");
    setV2("/cache", { limit: 1000 * mib, currentMib: 10, inactiveMib: 50 });
    expect(await reading()).toMatchObject({ ceiling: "cgroup:/cache", usedKib: 0 });
  });
});

describe("a ceiling that changes", () => {
  test("in its limit is seen at the next full tick", async () => {
    setCore("0::/nso\n");
    setV2("/nso", { limit: "max", currentMib: 500 });
    const tool = start();
    await tool.ticks(2);
    setV2("/nso", { limit: 520 * mib, currentMib: 500 });
    await tool.until(() => physical(tool).some(({ level }) => level === "critical"));
    setV2("/nso", { limit: "max", currentMib: 500 });
    await tool.until(() => physical(tool).at(-1)?.ceiling === "host");
    await tool.end();
  });

  test("because the core was moved to another cgroup is seen at the next full tick", async () => {
    setCore("0::/old\n");
    setV2("/old", { limit: 1000 * mib, currentMib: 500 });
    setV2("/new", { limit: 800 * mib, currentMib: 500 });
    const tool = start();
    await tool.ticks(2);
    setCore("0::/new\n");
    await tool.until(() => physical(tool).at(-1)?.ceiling === "cgroup:/new");
    await tool.end();
  });

  test("in its memory.high is seen at the next full tick", async () => {
    setCore("0::/nso\n");
    setV2("/nso", { limit: "max", currentMib: 500 });
    made.writeCgroup("/nso/memory.high", "max\n");
    const tool = start();
    await tool.ticks(2);
    made.writeCgroup("/nso/memory.high", `${520 * mib}\n`);
    await tool.until(() => physical(tool).at(-1)?.ceiling === "cgroup:/nso memory.high");
    expect(physical(tool).at(-1)).toMatchObject({
      level: "critical",
      usedKib: 500 * 1024,
      limitKib: 520 * 1024,
    });
    await tool.end();
  });

  test("in the host's memory moves where the levels begin", async () => {
    made.setMeminfo({ total: 1_000_000, available: 80_000 });
    setCore("0::/\n");
    const tool = start();
    await tool.ticks(2);
    expect(physical(tool).at(-1)?.level).toBe("warning");
    made.setMeminfo({ total: 2_000_000, available: 1_080_000 });
    await tool.until(() => physical(tool).at(-1)?.limitKib === 2_000_000);
    expect(physical(tool).at(-1)).toMatchObject({ level: "normal", usedKib: 920_000 });
    made.setMeminfo({ total: 900_000, available: 20_000 });
    await tool.until(() => physical(tool).at(-1)?.limitKib === 900_000);
    expect(physical(tool).at(-1)?.level).toBe("critical");
    // A pool of huge pages that is set up takes from what there is.
    made.setMeminfo({ total: 2_000_000, available: 600_000, more: ["Hugetlb: 1000000 kB"] });
    await tool.until(() => physical(tool).at(-1)?.limitKib === 1_000_000);
    expect(physical(tool).at(-1)).toMatchObject({ ceiling: "MemTotal-Hugetlb", usedKib: 400_000 });
    await tool.end();
  });

  test("because the core is gone is the host's again", async () => {
    setCore("0::/nso\n");
    setV2("/nso", { limit: 1000 * mib, currentMib: 990 });
    const tool = startTool({
      env: { NSOMEM_PROC: made.proc, NSOMEM_CGROUP: made.cgroup, NSOMEM_WITHOUT_CORE: "stay" },
    });
    await tool.ticks(2);
    made.removeProcess(corePid);
    await tool.until(() => physical(tool).at(-1)?.ceiling === "host");
    await tool.end();
  });
});
