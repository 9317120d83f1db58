import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { coreArgv, nsoCommandLines, otherCommandLines, vmArgv } from "../../core/command-lines.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { start, measured } = scene;

describe("a process in /proc", () => {
  test.each(nsoCommandLines)("that is $what is measured", async ({ argv, is }) => {
    scene.made.setProcess({ pid: 8571, argv });
    expect(await measured()).toEqual([{ pid: 8571, ...is }]);
    expect(existsSync(join(scene.made.proc, "pwned"))).toBe(false);
  });

  test("that is not NSO's is not measured, whatever its arguments are", async () => {
    for (const [index, { argv }] of otherCommandLines.entries())
      scene.made.setProcess({ pid: 1000 + index, argv });
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    expect((await measured()).map(({ pid }) => pid)).toEqual([8571]);
  });

  test("that is a zombie is not measured", async () => {
    scene.made.setProcess({ pid: 8571, argv: [], state: "Z" });
    scene.made.setProcess({ pid: 8572, argv: coreArgv(), state: "Z" });
    expect(await measured()).toEqual([]);
  });

  test("that is a thread is not measured", async () => {
    scene.made.setProcess({ pid: 8572, argv: coreArgv(), tgid: 8571 });
    expect(await measured({ NSOMEM_CORE_PID: "8572" })).toEqual([]);
  });

  test("that is a thread is not measured either when its ID is the newest one, nor counted to a Python VM", async () => {
    scene.made.setProcess({ pid: 100, argv: vmArgv("mp"), rssKib: 1000 });
    scene.made.setProcess({ pid: 101, ppid: 100, argv: ["sh"], rssKib: 200 });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 102, ppid: 1, argv: vmArgv("mp"), tgid: 100, rssKib: 1000 });
    scene.made.setProcess({ pid: 103, ppid: 100, argv: ["sh"], tgid: 101, rssKib: 200 });
    scene.made.setProcess({ pid: 104, ppid: 100, argv: ["sh"], rssKib: 30 });
    await tool.until(() => tool.samples().at(-1)?.rssKib === 1230);
    await tool.ticks(12);
    await tool.end();
    expect(new Set(tool.samples().map(({ pid }) => pid))).toEqual(new Set([100]));
    expect(tool.samples().at(-1)?.rssKib).toBe(1230);
  });

  test("may have spaces, parentheses and newlines in its kernel name", async () => {
    for (const [index, comm] of ["a b", "a) R 7 8", "((", ") Z 1", "a\nb", "x)\n(y"].entries())
      scene.made.setProcess({ pid: 20 + index, argv: vmArgv(`vm${index}`), comm });
    expect((await measured()).map(({ name }) => name)).toEqual(["vm0", "vm1", "vm2", "vm3", "vm4", "vm5"]);
  });

  test("may have newlines, control characters and 500 letters in its name: it stays one line", async () => {
    scene.made.setProcess({ pid: 20, argv: vmArgv("two\nlines\x1b[2J\t") });
    scene.made.setProcess({ pid: 21, argv: vmArgv("x".repeat(500)) });
    expect((await measured()).map(({ name }) => name)).toEqual([
      "two\\nlines\\x1b[2J\\t",
      `${"x".repeat(199)}…`,
    ]);
  });

  test("that cannot be read is told once, and the others are measured", async () => {
    scene.made.setProcess({ pid: 20, argv: vmArgv("hidden") });
    scene.made.write("20/status", "");
    scene.made.setProcess({ pid: 21, argv: vmArgv("open") });
    const tool = start();
    await tool.ticks(4);
    const { lines, stderr } = await tool.end();
    expect(new Set(tool.samples().map(({ name }) => name))).toEqual(new Set(["open"]));
    expect(lines.filter((line) => line.includes("cannot read"))).toHaveLength(1);
    expect(stderr).toBe("");
  });

  test("that has vanished between the listing and the reading is passed over in silence", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    for (const pid of [500, 501, 502]) scene.made.write(`${pid}/other`, "");
    scene.made.write("503/cmdline", coreArgv().join("\0"));
    const tool = start();
    await tool.ticks(2);
    const { stderr } = await tool.end();
    expect(tool.samples().map(({ pid }) => pid)).not.toContain(503);
    expect(stderr).toBe("");
  });

  test.each(["a[$(touch pwned)]", "$(touch pwned)", "08", "-1", "9".repeat(40)])(
    "may have %s where a number belongs: it is not evaluated and stops nothing",
    async (text) => {
      scene.made.setProcess({ pid: 8571, argv: coreArgv() });
      scene.made.setProcess({ pid: 20, argv: vmArgv("liar") });
      scene.made.write(
        "20/status",
        `Tgid:\t20\nVmRSS:\t${text} kB\nVmData:\t${text} kB\nVmStk:\t${text} kB\n`,
      );
      scene.made.setProcess({ pid: 21, argv: vmArgv("parentless") });
      scene.made.write("21/stat", `21 (x) S ${text} 1 1 1 1 ${text} 1 1 1 1 1 1 1 1 1 1 1 1 ${text} 1 1\n`);
      const tool = start();
      await tool.ticks(3);
      const { stderr } = await tool.end();
      expect(tool.samples().filter(({ pid }) => pid === 8571).length).toBeGreaterThan(1);
      expect(existsSync(join(scene.made.proc, "pwned"))).toBe(false);
      expect(stderr).toBe("");
    },
  );
});
