import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { groups, processGroups } from "../../../src/core/group.ts";
import { coreArgv, jvmArgv, nsoCommandLines, vmArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { runTool, startTool } from "./run.ts";

let made: MadeUpProc;
let cwd: string;
beforeEach(() => {
  made = makeProc();
  cwd = join(made.cgroup, "cwd");
  mkdirSync(cwd);
  made.setMeminfo({ total: 1000, available: 400, committed: 50, commitLimit: 500 });
  made.setProcess({ pid: 8571, argv: coreArgv(), rssKib: 10, dataKib: 20, stackKib: 3 });
});
afterEach(() => made.remove());

const options = (more: Record<string, string> = {}) => ({
  args: ["0.06"],
  cwd,
  env: { NSOMEM_PROC: made.proc, NSOMEM_CGROUP: made.cgroup, NSOMEM_DATA: "", ...more },
});

const rows = (path: string) =>
  readFileSync(join(cwd, "data", path), "utf8")
    .trimEnd()
    .split("\n");
const columns = (path: string) => rows(path).map((row) => row.replace(/^\d\d:\d\d:\d\d /, ""));

describe("a data file", () => {
  test("has one row a tick: time, RSS, allocated, Committed_AS, CommitLimit, MemUsed, MemTotal, PID", async () => {
    await runTool(options());
    const all = rows("ncs.smp/mem_ncs.smp.log");
    expect(all.length).toBeGreaterThanOrEqual(2);
    for (const row of all) expect(row).toMatch(/^\d\d:\d\d:\d\d 10 23 50 500 600 1000 8571$/);
  });

  test("holds all of MemTotal, with the huge pages as used, and 0 for a commit charge that is not known", async () => {
    made.setMeminfo({
      total: 1000,
      available: 100,
      committed: null,
      commitLimit: 500,
      more: ["Hugetlb: 600 kB"],
    });
    await runTool(options());
    expect(columns("ncs.smp/mem_ncs.smp.log")[0]).toBe("10 23 0 0 900 1000 8571");
  });

  test("exists for the JavaVM, each Python VM and their total, by the inherited names", async () => {
    made.setProcess({ pid: 1, argv: jvmArgv, rssKib: 7, dataKib: 8, stackKib: 1 });
    made.setProcess({ pid: 2, argv: vmArgv("one"), rssKib: 100, dataKib: 200, stackKib: 1 });
    made.setProcess({ pid: 3, argv: vmArgv("two"), rssKib: 1000, dataKib: 2000, stackKib: 1 });
    made.setProcess({ pid: 4, ppid: 3, argv: vmArgv("two"), rssKib: 5, dataKib: 5, stackKib: 0 });
    await runTool(options());
    expect(columns("NcsJVMLauncher/mem_NcsJVMLauncher.log")[0]).toBe("7 9 50 500 600 1000 1");
    expect(columns("python3/mem_one.log")[0]).toBe("100 201 50 500 600 1000 2");
    expect(columns("python3/mem_two.log")[0]).toBe("1005 2006 50 500 600 1000 3");
    expect(columns("python3/mem_total.log")[0]).toBe("1105 2207 50 500 600 1000");
  });

  test.each(processGroups)(
    "holds the samples of the group %s, in the directory that its table names",
    async (group) => {
      const pid = group === "core" ? 8571 : 77;
      const argv = nsoCommandLines.find(({ is }) => is.group === group)?.argv ?? [];
      made.setProcess({ pid, argv, rssKib: 31, dataKib: 40, stackKib: 2 });
      await runTool(options());
      const directory = groups[group].dataDirectory;
      const files = readdirSync(join(cwd, "data", directory));
      expect(files.map((file) => columns(`${directory}/${file}`)[0])).toContain(
        `31 42 50 500 600 1000 ${pid}`,
      );
    },
  );

  test("has 0 0 while its process is absent, and goes on when it is back", async () => {
    made.setProcess({ pid: 2, argv: vmArgv("one"), rssKib: 100 });
    const { args: _, ...rest } = options();
    const tool = startTool({ ...rest, args: ["NaN"] });
    const file = join(cwd, "data/python3/mem_one.log");
    await tool.until(() => existsSync(file));
    made.removeProcess(2);
    await tool.until(() => columns("python3/mem_one.log").includes("0 0 50 500 600 1000"));
    made.setProcess({ pid: 5, argv: vmArgv("one"), rssKib: 9, startTicks: 9999 });
    await tool.until(() => columns("python3/mem_one.log").some((row) => row.startsWith("9 ")));
    await tool.end();
    expect(columns("NcsJVMLauncher/mem_NcsJVMLauncher.log")[0]).toBe("0 0 50 500 600 1000");
    expect(columns("python3/mem_total.log")).toContain("0 0 50 500 600 1000");
  });

  test.each([
    ["a/../../b", "mem_a_.._.._b.log"],
    ["$(touch pwned)", "mem_$(touch pwned).log"],
    ["two\nlines", "mem_two\\nlines.log"],
    ["total", "mem_total_.log"],
    ["-rf", "mem_-rf.log"],
    ["..", "mem_...log"],
  ])("of the Python VM %j stays in its directory, as %s", async (name, file) => {
    made.setProcess({ pid: 2, argv: vmArgv(name), rssKib: 100 });
    const { code, stderr } = await runTool(options());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(join(cwd, "data/python3")).sort()).toEqual([file, "mem_total.log"].sort());
    expect(columns("python3/mem_total.log")[0]).toStartWith("100 ");
  });

  test("of an earlier run is kept: its directory is moved aside", async () => {
    mkdirSync(join(cwd, "data/ncs.smp"), { recursive: true });
    writeFileSync(join(cwd, "data/ncs.smp/mem_ncs.smp.log"), "evidence\n");
    expect((await runTool(options())).code).toBe(0);
    const aside = readdirSync(cwd).find((name) => /^data\.\d{8}T\d{6}$/.test(name));
    expect(readFileSync(join(cwd, aside ?? "", "ncs.smp/mem_ncs.smp.log"), "utf8")).toBe("evidence\n");
    expect(rows("ncs.smp/mem_ncs.smp.log")[0]).not.toBe("evidence");
  });

  test("is not written with NSOMEM_DATA=none, nor the summary printed", async () => {
    const { code, lines } = await runTool(options({ NSOMEM_DATA: "none" }));
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
    expect(lines.join("\n")).not.toContain("recommend");
  });

  test("is not begun, and earlier ones not moved, where there is no NSO", async () => {
    made.removeProcess(8571);
    mkdirSync(join(cwd, "data"));
    expect((await runTool(options())).code).toBe(4);
    expect(readdirSync(cwd)).toEqual(["data"]);
  });
});

describe("the summary", () => {
  test("recommends what the guide does, says what was committed at most, and where the data is", async () => {
    const { args: _, ...rest } = options();
    const tool = startTool({ ...rest, args: ["-v", "-m"] });
    await tool.ticks(1);
    made.setMeminfo({ total: 1000, available: 400, committed: 77, commitLimit: 500 });
    await tool.until(() => tool.readings().some(({ usedKib }) => usedKib === 77));
    made.setMeminfo({ total: 1000, available: 400, committed: 60, commitLimit: 500 });
    await tool.until(() => tool.readings().some(({ usedKib }) => usedKib === 60));
    const { code, lines, stderr } = await tool.end("SIGINT");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const text = lines.join("\n");
    expect(text).toContain("vm.overcommit_memory = 2 and vm.overcommit_ratio = 94, a CommitLimit of 950 KB"); // of swap 10
    expect(text).toMatch(/Committed_AS reached 77 KB in \d+ s, which is too short/);
    expect(text).toContain(join(cwd, "data"));
    expect(text).toContain("nsomem graph --data ./data --out ./graphs");
  });

  test("draws the graphs where nsomem is found, with -v the statistics too, in the directory of the data", async () => {
    const nsomem = join(made.cgroup, "nsomem");
    writeFileSync(nsomem, '#!/bin/sh\necho "drawn: $* in $PWD"\n');
    chmodSync(nsomem, 0o755);
    const { lines } = await runTool(options({ NSOMEM_BINARY: nsomem }));
    expect(lines.at(-1)).toBe(`drawn: graph --data ./data --out ./graphs in ${cwd}`);
    const { args, ...rest } = options({ NSOMEM_BINARY: nsomem });
    const verbose = await runTool({ ...rest, args: ["-v", ...args] });
    expect(verbose.lines.at(-1)).toBe(`drawn: graph --data ./data --out ./graphs --verbose in ${cwd}`);
  });
});
