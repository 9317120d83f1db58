import { describe, expect, test } from "bun:test";
import { coreArgv, vmArgv } from "../../core/command-lines.ts";
import { runTool } from "./run.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { env, start } = scene;

describe("the children of a Python VM", () => {
  test("are summed into it, grandchildren too, and listed", async () => {
    scene.made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000, dataKib: 100, stackKib: 10 });
    scene.made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp"), rssKib: 200, dataKib: 20, stackKib: 2 });
    scene.made.setProcess({
      pid: 99,
      ppid: 100,
      argv: ["python3", "-c", "x", "--multiprocessing-fork"],
      rssKib: 30,
      dataKib: 3,
      stackKib: 0,
    });
    scene.made.setProcess({
      pid: 102,
      ppid: 101,
      argv: ["sh", "-c", "sleep 1"],
      rssKib: 4,
      dataKib: 4,
      stackKib: 0,
    });
    scene.made.setProcess({ pid: 103, ppid: 1, argv: ["sh"], rssKib: 7777 });
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
    scene.made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp"), rssKib: 200 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    scene.made.removeProcess(101);
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1000);
    await tool.end();
  });

  test("are counted to a VM that was a shell when they were first seen", async () => {
    scene.made.setProcess({ pid: 100, argv: ["sh", "start-vm"] });
    scene.made.setProcess({ pid: 101, ppid: 100, argv: ["python3", "-c", "x"], rssKib: 200 });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 100, argv: vmArgv("late"), rssKib: 1000 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    await tool.end();
  });

  test("that were handed to init are their own: they may be daemons", async () => {
    scene.made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    scene.made.setProcess({ pid: 101, ppid: 100, argv: ["daemon"], rssKib: 200 });
    const tool = start();
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1200);
    scene.made.setProcess({ pid: 101, ppid: 1, argv: ["daemon"], rssKib: 200 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1000);
    await tool.end();
  });

  test("may be 200: the sums hold all, the line stays under 4,096 characters", async () => {
    scene.made.setProcess({ pid: 1000, argv: vmArgv("many"), rssKib: 1000 });
    for (let pid = 1_000_001; pid <= 1_000_200; pid++)
      scene.made.setProcess({ pid, ppid: 1000, argv: vmArgv("many"), rssKib: 10_000_000 });
    const tool = start();
    await tool.ticks(2);
    await tool.end();
    expect(tool.samples()[0]?.rssKib).toBe(2_000_001_000);
    expect(Math.max(...tool.lines.map((line) => line.length))).toBeLessThan(4096);
  });

  test("bring the advice to use threading, with the name of the VM", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.setProcess({ pid: 100, argv: vmArgv("mp") });
    scene.made.setProcess({ pid: 101, ppid: 100, argv: vmArgv("mp") });
    scene.made.setProcess({ pid: 102, argv: vmArgv("good") });
    const { lines } = await runTool({
      args: ["0.05"],
      env: env({ NSOMEM_DATA: "" }),
      cwd: scene.made.cgroup,
    });
    const advice = lines.filter((line) => line.includes("from multiprocessing to threading"));
    expect(advice).toHaveLength(1);
    expect(advice[0]).toContain('"mp"');
  });
});
