import { describe, expect, test } from "bun:test";
import { coreArgv, jvmArgv, vmArgv } from "../../core/command-lines.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { start } = scene;

describe("a process that changes", () => {
  test("from a shell into ncs.smp is found, although its PID stays", async () => {
    scene.made.setProcess({ pid: 8571, argv: ["/bin/sh", "/opt/ncs/current/bin/ncs"] });
    const tool = start();
    await tool.ticks(10);
    expect(tool.samples()).toEqual([]);
    scene.made.write("8571/cmdline", coreArgv().join("\0"));
    await tool.until(() => tool.samples().length > 0);
    await tool.end();
    expect(tool.samples()[0]).toMatchObject({ group: "core", pid: 8571 });
  });

  test("from another process into the core by PID reuse counts as a new one", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.setProcess({ pid: 20, argv: vmArgv("old"), startTicks: 5000 });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 20, argv: ["sleep", "60"], startTicks: 9000 });
    await tool.until(() => tool.lines.some((line) => line.includes("pythonvm gone: pid 20, old")));
    const before = tool.lines.length;
    await tool.ticks(3);
    await tool.end();
    expect(tool.lines.slice(before).filter((line) => line.includes("pid=20 "))).toEqual([]);
  });

  test("into another core of the same PID by its start time alone is gone, and found anew", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv(), startTicks: 5000 });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 8571, argv: coreArgv(), startTicks: 5001 });
    await tool.until(() => tool.lines.some((line) => line.includes("core gone: pid 8571")));
    await tool.until(
      () => tool.lines.filter((line) => line.includes("core appeared: pid 8571")).length === 2,
    );
    await tool.end();
  });

  test("into a zombie is gone", async () => {
    scene.made.setProcess({ pid: 20, argv: vmArgv("short") });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 20, argv: [], state: "Z" });
    await tool.until(() => tool.lines.some((line) => line.includes("pythonvm gone: pid 20, short")));
    await tool.end();
  });

  test("that starts while the tool runs is found at the next tick", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 6983, argv: jvmArgv });
    await tool.ticks(3);
    await tool.end();
    expect(tool.samples().some(({ group, pid }) => group === "javavm" && pid === 6983)).toBe(true);
  });

  test("without a new PID in loadavg is found all the same, a little later", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    const { pid, argv } = { pid: 6983, argv: jvmArgv };
    for (const [file, text] of [
      ["stat", `${pid} (java) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 13 0 7000 1 1 1\n`],
      ["status", `Tgid:\t${pid}\nVmRSS:\t1 kB\nVmData:\t1 kB\nVmStk:\t1 kB\n`],
      ["cmdline", argv.join("\0")],
    ] as const)
      scene.made.write(`${pid}/${file}`, text);
    await tool.until(() => tool.samples().some((sample) => sample.pid === pid));
    await tool.end();
  });
});
