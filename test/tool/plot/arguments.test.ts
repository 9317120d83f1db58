import { describe, expect, test } from "bun:test";
import { runTool, startTool } from "./run.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { env } = scene;

const usageLine = "usage: plot.sh [-v|--verbose] [-m|--monitor] <duration>";

describe("the command line", () => {
  test("without a duration prints the usage on stderr and exits 1", async () => {
    const { code, lines, stderr } = await runTool({ args: [], env: env() });
    expect({ code, lines }).toEqual({ code: 1, lines: [] });
    expect(stderr).toStartWith(usageLine);
  });

  test("with -v alone has no duration either", async () => {
    expect(await runTool({ args: ["-v"], env: env() })).toMatchObject({ code: 1, lines: [] });
  });

  test.each([[["-h"]], [["--help"]], [["NaN", "-h"]]])("of %j prints the usage and exits 0", async (args) => {
    const { code, lines, stderr } = await runTool({ args, env: env() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines[0]).toBe(usageLine);
  });

  test.each([
    [["abc"], 'the duration is "abc"'],
    [["-5"], "the duration is -5"],
    [["0"], 'the duration is "0"'],
    [["0.0"], 'the duration is "0.0"'],
    [["1.2.3"], 'the duration is "1.2.3"'],
    [["."], 'the duration is "."'],
    [["5s"], 'the duration is "5s"'],
    [["1e3"], 'the duration is "1e3"'],
    [["a[$(id)]"], "the duration is"],
    [[""], 'the duration is ""'],
    [["12345678901"], 'the duration is "12345678901"'],
    [["-x", "5"], "unknown option -x"],
    [["--verbos", "5"], "unknown option --verbos; the options are -v, --verbose, -m, --monitor"],
    [["5", "6"], "two durations, 5 and 6"],
    [["NaN", "6"], "two durations, NaN and 6"],
  ])("of %j is refused with exit 1", async (args, message) => {
    const { code, lines, stderr } = await runTool({ args, env: env() });
    expect({ code, lines }).toEqual({ code: 1, lines: [] });
    expect(stderr).toStartWith(`plot.sh: ${message}`);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test.each([
    [["-v", "-m", "NaN"]],
    [["NaN", "-v", "-m"]],
    [["-m", "NaN", "--verbose"]],
    [["--monitor", "-v"]],
    [["-v", "-m", "nan"]],
  ])("of %j measures until it is stopped", async (args) => {
    const tool = startTool({ args, env: env() });
    await tool.ticks(3);
    expect(await tool.end()).toMatchObject({ code: 0, stderr: "" });
  });

  test("with -m and a number measures until it is stopped, and says so", async () => {
    const tool = startTool({ args: ["-v", "-m", "0.01"], env: env() });
    await tool.ticks(4);
    expect(await tool.end()).toMatchObject({
      code: 0,
      stderr: "plot.sh: -m measures until it is stopped: the duration 0.01 is not used\n",
    });
  });

  test("of a number of seconds alone measures that long and ends with exit 0", async () => {
    const startMs = performance.now();
    const { code, lines, stderr } = await runTool({ args: ["0.3"], env: env() });
    expect({ code, lines, stderr }).toEqual({ code: 0, lines: [], stderr: "" });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(300);
  });

  test("without -m prints no verdicts, without -v none that is normal", async () => {
    scene.made.setMeminfo({ available: 100_000 });
    expect((await runTool({ args: ["-v", "0.06"], env: env() })).lines.join("\n")).not.toContain("[MONITOR");
    const tool = startTool({ args: ["-m"], env: env() });
    await tool.ticks(2);
    await tool.end();
    expect(new Set(tool.readings().map(({ kind, level }) => `${kind} ${level}`))).toEqual(
      new Set(["physical warning"]),
    );
  });
});

describe("the environment", () => {
  test.each([
    ["NSOMEM_PHYSICAL_WARNING_PERCENT", "ninety"],
    ["NSOMEM_PHYSICAL_WARNING_PERCENT", "90.123"],
    ["NSOMEM_PHYSICAL_WARNING_PERCENT", "0"],
    ["NSOMEM_PHYSICAL_WARNING_PERCENT", "0.00"],
    ["NSOMEM_PHYSICAL_WARNING_PERCENT", "-1"],
    ["NSOMEM_PHYSICAL_CRITICAL_PERCENT", "100.01"],
    ["NSOMEM_PHYSICAL_CRITICAL_PERCENT", "101"],
    ["NSOMEM_ALLOCATED_WARNING_PERCENT", "95"],
    ["NSOMEM_ALLOCATED_CRITICAL_PERCENT", "x[$(touch pwned)]"],
    ["NSOMEM_PHYSICAL_WARNING_FREE_KIB", "2GiB"],
    ["NSOMEM_ALLOCATED_CRITICAL_FREE_KIB", "08"],
    ["NSOMEM_BASIS", "used"],
    ["NSOMEM_INTERVAL_MS_MAX", "4"],
    ["NSOMEM_INTERVAL_MS_MAX", "60001"],
    ["NSOMEM_INTERVAL_MS_MIN", "4"],
    ["NSOMEM_INTERVAL_MS_MIN", "26"],
    ["NSOMEM_CORE_PID", "0"],
    ["NSOMEM_CORE_PID", "self"],
    ["NSOMEM_WAIT_FD", "77"],
    ["NSOMEM_WAIT_FD", "x"],
    ["NSOMEM_WITHOUT_CORE", "go"],
    ["NSOMEM_DATA", "all"],
    ["NSOMEM_PROC", "/nowhere"],
  ])("with %s=%s is refused with exit 2, naming both", async (name, value) => {
    const { code, lines, stderr } = await runTool({ env: env({ [name]: value }) });
    expect({ code, lines }).toEqual({ code: 2, lines: [] });
    expect(stderr).toContain(name);
    expect(stderr).toContain(value);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("may hold empty values: they count as not set", async () => {
    const tool = startTool({
      env: env({
        NSOMEM_PHYSICAL_WARNING_PERCENT: "",
        NSOMEM_CORE_PID: "",
        NSOMEM_BASIS: "",
        NSOMEM_WAIT_FD: "",
      }),
    });
    await tool.ticks(1);
    expect((await tool.end()).code).toBe(0);
    expect(tool.lines.join("\n")).toContain("is within 90% of MemTotal");
  });
});
