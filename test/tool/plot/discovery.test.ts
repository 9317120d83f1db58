import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { coreArgv, jvmArgv, nsoCommandLines, otherCommandLines, vmArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { runTool, startTool } from "./run.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
});
afterEach(() => made.remove());

const env = (more: Record<string, string> = {}) => ({
  NSOMEM_PROC: made.proc,
  NSOMEM_CGROUP: made.cgroup,
  NSOMEM_WITHOUT_CORE: "stay",
  ...more,
});
const start = (more?: Record<string, string>) => startTool({ env: env(more) });

/** What the tool measures after its first ticks. */
async function measured(more?: Record<string, string>) {
  const tool = start(more);
  await tool.ticks(2);
  await tool.end();
  const seen = new Map(tool.samples().map(({ pid, group, name }) => [pid, { pid, group, name }]));
  return [...seen.values()];
}

describe("a process in /proc", () => {
  test.each(nsoCommandLines)("that is $what is measured", async ({ argv, is }) => {
    made.setProcess({ pid: 8571, argv });
    expect(await measured()).toEqual([{ pid: 8571, ...is }]);
    expect(existsSync(join(made.proc, "pwned"))).toBe(false);
  });

  test("that is not NSO's is not measured, whatever its arguments are", async () => {
    for (const [index, { argv }] of otherCommandLines.entries()) made.setProcess({ pid: 1000 + index, argv });
    made.setProcess({ pid: 8571, argv: coreArgv() });
    expect((await measured()).map(({ pid }) => pid)).toEqual([8571]);
  });

  test("that is a zombie is not measured", async () => {
    made.setProcess({ pid: 8571, argv: [], state: "Z" });
    made.setProcess({ pid: 8572, argv: coreArgv(), state: "Z" });
    expect(await measured()).toEqual([]);
  });

  test("that is a thread is not measured", async () => {
    made.setProcess({ pid: 8572, argv: coreArgv(), tgid: 8571 });
    expect(await measured({ NSOMEM_CORE_PID: "8572" })).toEqual([]);
  });

  test("that is a thread is not measured either when its ID is the newest one, nor counted to a Python VM", async () => {
    made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    made.setProcess({ pid: 101, ppid: 100, argv: ["sh"], rssKib: 200 });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 102, ppid: 1, argv: vmArgv("mp"), tgid: 100, rssKib: 1000 });
    made.setProcess({ pid: 103, ppid: 100, argv: ["sh"], tgid: 101, rssKib: 200 });
    made.setProcess({ pid: 104, ppid: 100, argv: ["sh"], rssKib: 30 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1230);
    await tool.ticks(12);
    await tool.end();
    expect(new Set(tool.samples().map(({ pid }) => pid))).toEqual(new Set([100]));
    expect(tool.samples().at(-1)?.rssKib).toBe(1230);
  });

  test("may have spaces, parentheses and newlines in its kernel name", async () => {
    for (const [index, comm] of ["a b", "a) R 7 8", "((", ") Z 1", "a\nb", "x)\n(y"].entries())
      made.setProcess({ pid: 20 + index, argv: vmArgv(`vm${index}`), comm });
    expect((await measured()).map(({ name }) => name)).toEqual(["vm0", "vm1", "vm2", "vm3", "vm4", "vm5"]);
  });

  test("may have newlines, control characters and 500 letters in its name: it stays one line", async () => {
    made.setProcess({ pid: 20, argv: vmArgv("two\nlines\x1b[2J\t") });
    made.setProcess({ pid: 21, argv: vmArgv("x".repeat(500)) });
    expect((await measured()).map(({ name }) => name)).toEqual(["two?lines?[2J?", "x".repeat(200)]);
  });

  test("that cannot be read is told once, and the others are measured", async () => {
    made.setProcess({ pid: 20, argv: vmArgv("hidden") });
    made.write("20/status", "");
    made.setProcess({ pid: 21, argv: vmArgv("open") });
    const tool = start();
    await tool.ticks(4);
    const { lines, stderr } = await tool.end();
    expect(new Set(tool.samples().map(({ name }) => name))).toEqual(new Set(["open"]));
    expect(lines.filter((line) => line.includes("cannot read"))).toHaveLength(1);
    expect(stderr).toBe("");
  });

  test("that has vanished between the listing and the reading is passed over in silence", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    for (const pid of [500, 501, 502]) made.write(`${pid}/other`, "");
    made.write("503/cmdline", coreArgv().join("\0"));
    const tool = start();
    await tool.ticks(2);
    const { stderr } = await tool.end();
    expect(tool.samples().map(({ pid }) => pid)).not.toContain(503);
    expect(stderr).toBe("");
  });

  test.each(["a[$(touch pwned)]", "$(touch pwned)", "08", "-1", "9".repeat(40)])(
    "may have %s where a number belongs: it is not evaluated and stops nothing",
    async (text) => {
      made.setProcess({ pid: 8571, argv: coreArgv() });
      made.setProcess({ pid: 20, argv: vmArgv("liar") });
      made.write("20/status", `Tgid:\t20\nVmRSS:\t${text} kB\nVmData:\t${text} kB\nVmStk:\t${text} kB\n`);
      made.setProcess({ pid: 21, argv: vmArgv("parentless") });
      made.write("21/stat", `21 (x) S ${text} 1 1 1 1 ${text} 1 1 1 1 1 1 1 1 1 1 1 1 ${text} 1 1\n`);
      const tool = start();
      await tool.ticks(3);
      const { stderr } = await tool.end();
      expect(tool.samples().filter(({ pid }) => pid === 8571).length).toBeGreaterThan(1);
      expect(existsSync(join(made.proc, "pwned"))).toBe(false);
      expect(stderr).toBe("");
    },
  );
});

describe("a process that changes", () => {
  test("from a shell into ncs.smp is found, although its PID stays", async () => {
    made.setProcess({ pid: 8571, argv: ["/bin/sh", "/opt/ncs/current/bin/ncs"] });
    const tool = start();
    await tool.ticks(10);
    expect(tool.samples()).toEqual([]);
    made.write("8571/cmdline", coreArgv().join("\0"));
    await tool.until(() => tool.samples().length > 0);
    await tool.end();
    expect(tool.samples()[0]).toMatchObject({ group: "core", pid: 8571 });
  });

  test("from another process into the core by PID reuse counts as a new one", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    made.setProcess({ pid: 20, argv: vmArgv("old"), startTicks: 5000 });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 20, argv: ["sleep", "60"], startTicks: 9000 });
    await tool.until(() => tool.lines.some((line) => line.includes("pythonvm gone: pid 20, old")));
    const before = tool.lines.length;
    await tool.ticks(3);
    await tool.end();
    expect(tool.lines.slice(before).filter((line) => line.includes("pid=20 "))).toEqual([]);
  });

  test("into another core of the same PID by its start time alone is gone, and found anew", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv(), startTicks: 5000 });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 8571, argv: coreArgv(), startTicks: 5001 });
    await tool.until(() => tool.lines.some((line) => line.includes("core gone: pid 8571")));
    await tool.until(
      () => tool.lines.filter((line) => line.includes("core appeared: pid 8571")).length === 2,
    );
    await tool.end();
  });

  test("into a zombie is gone", async () => {
    made.setProcess({ pid: 20, argv: vmArgv("short") });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 20, argv: [], state: "Z" });
    await tool.until(() => tool.lines.some((line) => line.includes("pythonvm gone: pid 20, short")));
    await tool.end();
  });

  test("that starts while the tool runs is found at the next tick", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 6983, argv: jvmArgv });
    await tool.ticks(3);
    await tool.end();
    expect(tool.samples().some(({ group, pid }) => group === "javavm" && pid === 6983)).toBe(true);
  });

  test("without a new PID in loadavg is found all the same, a little later", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    const { pid, argv } = { pid: 6983, argv: jvmArgv };
    for (const [file, text] of [
      ["stat", `${pid} (java) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 13 0 7000 1 1 1\n`],
      ["status", `Tgid:\t${pid}\nVmRSS:\t1 kB\nVmData:\t1 kB\nVmStk:\t1 kB\n`],
      ["cmdline", argv.join("\0")],
    ] as const)
      made.write(`${pid}/${file}`, text);
    await tool.until(() => tool.samples().some((sample) => sample.pid === pid));
    await tool.end();
  });
});

describe("the children of a Python VM", () => {
  test("are summed into it, grandchildren too, and listed", async () => {
    made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000, dataKib: 100, stackKib: 10 });
    made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp"), rssKib: 200, dataKib: 20, stackKib: 2 });
    made.setProcess({
      pid: 99,
      ppid: 100,
      argv: ["python3", "-c", "x", "--multiprocessing-fork"],
      rssKib: 30,
      dataKib: 3,
      stackKib: 0,
    });
    made.setProcess({
      pid: 102,
      ppid: 101,
      argv: ["sh", "-c", "sleep 1"],
      rssKib: 4,
      dataKib: 4,
      stackKib: 0,
    });
    made.setProcess({ pid: 103, ppid: 1, argv: ["sh"], rssKib: 7777 });
    const tool = start();
    await tool.ticks(2);
    await tool.end();
    expect(tool.samples()[0]).toMatchObject({
      group: "pythonvm",
      name: "mp",
      pid: 100,
      rssKib: 1234,
      allocatedKib: 139,
      children: [
        { pid: 99, rssKib: 30, allocatedKib: 3 },
        { pid: 101, rssKib: 200, allocatedKib: 22 },
        { pid: 102, rssKib: 4, allocatedKib: 4 },
      ],
    });
    expect(new Set(tool.samples().map(({ pid }) => pid))).toEqual(new Set([100]));
  });

  test("are counted from the tick after they start, and not after they end", async () => {
    made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp"), rssKib: 200 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    made.removeProcess(101);
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1000);
    await tool.end();
  });

  test("are counted to a VM that was a shell when they were first seen", async () => {
    made.setProcess({ pid: 100, argv: ["sh", "start-vm"] });
    made.setProcess({ pid: 101, ppid: 100, argv: ["python3", "-c", "x"], rssKib: 200 });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 100, argv: vmArgv("late"), rssKib: 1000 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    await tool.end();
  });

  test("that were handed to init are their own: they may be daemons", async () => {
    made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    made.setProcess({ pid: 101, ppid: 100, argv: ["daemon"], rssKib: 200 });
    const tool = start();
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    made.setProcess({ pid: 101, ppid: 1, argv: ["daemon"], rssKib: 200 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1000);
    await tool.end();
  });

  test("may be 200: the sums hold all, the line stays under 4,096 characters", async () => {
    made.setProcess({ pid: 1000, argv: vmArgv("many"), rssKib: 1000 });
    for (let pid = 1_000_001; pid <= 1_000_200; pid++)
      made.setProcess({ pid, ppid: 1000, argv: vmArgv("many"), rssKib: 10_000_000 });
    const tool = start();
    await tool.ticks(2);
    await tool.end();
    expect(tool.samples()[0]?.rssKib).toBe(2_000_001_000);
    expect(Math.max(...tool.lines.map((line) => line.length))).toBeLessThan(4096);
  });

  test("bring the advice to use threading, with the name of the VM", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    made.setProcess({ pid: 100, argv: vmArgv("mp") });
    made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp") });
    made.setProcess({ pid: 102, argv: vmArgv("good") });
    const { lines } = await runTool({ args: ["0.05"], env: env({ NSOMEM_DATA: "" }), cwd: made.cgroup });
    const advice = lines.filter((line) => line.includes("from multiprocessing to threading"));
    expect(advice).toHaveLength(1);
    expect(advice[0]).toContain('"mp"');
  });
});

describe("the core", () => {
  test("is missing: exit 4, saying what was looked for", async () => {
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "" }) });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^plot\.sh: no NSO core in \S+: looked for ncs\.smp.*-boot ncs.*\n$/);
  });

  test("is one of two: exit 4, listing both with their configuration", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf") });
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "" }) });
    expect(code).toBe(4);
    expect(stderr).toContain("pid 8571 (/etc/ncs/ncs.conf), pid 9001 (/home/lab/ncs.conf)");
  });

  test("may be chosen by PID: the other core and the VMs it started are not measured", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    made.setProcess({ pid: 8600, ppid: 8571, argv: ["sh"] });
    made.setProcess({ pid: 8601, ppid: 8600, argv: jvmArgv });
    made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf") });
    made.setProcess({ pid: 9010, ppid: 9001, argv: vmArgv("mine") });
    made.setProcess({ pid: 9011, argv: vmArgv("nobody's") });
    expect((await measured({ NSOMEM_CORE_PID: "9001" })).map(({ pid }) => pid)).toEqual([9001, 9010, 9011]);
  });

  test("that was chosen by PID but is another process: exit 4, naming it", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "", NSOMEM_CORE_PID: "77" }) });
    expect(code).toBe(4);
    expect(stderr).toContain("NSOMEM_CORE_PID is 77, which is not a running NSO core");
  });

  test("just forked still carries its command line: it is not a second core", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    made.setProcess({ pid: 8000, ppid: 8571, argv: coreArgv() });
    expect((await measured({ NSOMEM_WITHOUT_CORE: "" })).map(({ pid }) => pid)).toEqual([8571]);
  });

  test("that ends, ends the tool with exit 0", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start({ NSOMEM_WITHOUT_CORE: "" });
    await tool.ticks(2);
    made.removeProcess(8571);
    const { code, lines } = await tool.ended;
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain("[TOOL] NSO is down");
  });

  test("that ends is waited for with NSOMEM_WITHOUT_CORE=stay, and found when it is back", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.until(() => tool.samples().length > 0);
    made.removeProcess(8571);
    await tool.until(() => tool.lines.some((line) => line.includes("[TOOL] core gone: pid 8571")));
    await tool.ticks(2);
    made.setProcess({ pid: 9333, argv: coreArgv(), startTicks: 8000 });
    await tool.until(() => tool.samples().at(-1)?.pid === 9333);
    await tool.end();
  });

  test("is still the one that was found first when a second one starts", async () => {
    made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf") });
    await tool.until(() => tool.lines.some((line) => line.includes("several NSO cores")));
    await tool.ticks(2);
    await tool.end();
    expect(new Set(tool.samples().map(({ pid }) => pid))).toEqual(new Set([8571]));
  });
});
