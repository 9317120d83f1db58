/** Which processes are measured for a core: the table that src/linux/family.ts is held to as well. */

import { describe, expect, test } from "bun:test";
import { coreArgv, vmArgv } from "../../core/command-lines.ts";
import { processTrees } from "../../core/process-trees.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { start } = scene;

describe("the family of a core", () => {
  test.each(processTrees)("$what", async ({ followed, processes }) => {
    for (const process of processes) scene.made.setProcess(process);
    const tool = start({ NSOMEM_CORE_PID: String(followed) });
    await tool.ticks(2);
    await tool.end();
    const samples = tool.samples();
    const pids = (belongs: string) =>
      processes.filter((process) => process.belongs === belongs).map(({ pid }) => pid);
    expect(new Set(samples.map(({ pid }) => pid))).toEqual(new Set([followed, ...pids("vm")]));
    const children = samples.flatMap((sample) => sample.children.map(({ pid }) => pid));
    expect(new Set(children)).toEqual(new Set(pids("child")));
  });
});

describe("a VM that was started by hand", () => {
  test("is measured until a second core starts in its cgroup, and again when that has ended", async () => {
    scene.made.setProcess({ pid: 100, argv: coreArgv() });
    scene.made.setProcess({ pid: 303, argv: vmArgv("by hand") });
    const tool = start();
    const said = (text: string) => tool.until(() => tool.lines.some((line) => line.includes(text)));
    const isMeasured = async () => {
      await tool.ticks(2);
      const from = tool.lines.length;
      await tool.ticks(2);
      return tool.lines.slice(from).some((line) => line.includes("pid=303 "));
    };
    expect(await isMeasured()).toBe(true);
    scene.made.setProcess({ pid: 400, argv: coreArgv("/lab/ncs.conf") });
    await said("core appeared: pid 400");
    expect(await isMeasured()).toBe(false);
    scene.made.removeProcess(400);
    await said("core gone: pid 400");
    expect(await isMeasured()).toBe(true);
    await tool.end();
  });
});
