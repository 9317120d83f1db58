import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { type RunningTool, script, startTool } from "./run.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
});
afterEach(() => made.remove());

/** Pauses of a minute: what ends the tool sooner has interrupted one. */
const start = (more: Record<string, string> = {}, stdin: "pipe" | "ignore" = "ignore") =>
  startTool({
    stdin,
    env: {
      NSOMEM_PROC: made.proc,
      NSOMEM_CGROUP: made.cgroup,
      NSOMEM_WITHOUT_CORE: "stay",
      NSOMEM_INTERVAL_MS_MAX: "60000",
      ...more,
    },
  });

async function waiting(tool: RunningTool): Promise<RunningTool> {
  await tool.ticks(1);
  await Bun.sleep(50);
  return tool;
}

describe("the tool in a pause", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends at %s at once, with exit 0", async (signal) => {
    const tool = await waiting(start());
    const startMs = performance.now();
    expect(await tool.end(signal)).toMatchObject({ code: 0, stderr: "" });
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  test("ends at once with exit 0 when the descriptor it waits on ends", async () => {
    const tool = await waiting(start({ NSOMEM_WAIT_FD: "0" }, "pipe"));
    const startMs = performance.now();
    tool.stdin().end();
    expect(await tool.ended).toMatchObject({ code: 0, stderr: "" });
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  test("waits on when bytes come on that descriptor", async () => {
    const tool = await waiting(start({ NSOMEM_WAIT_FD: "0", NSOMEM_INTERVAL_MS_MAX: "300" }, "pipe"));
    const stdin = tool.stdin();
    for (const text of ["x", "\n\n\n", "\0\xff", "$(touch pwned)\n", "y".repeat(100_000)]) {
      stdin.write(text);
      await stdin.flush();
    }
    await tool.ticks(3);
    const times = tool.readings().flatMap(({ kind, atMs }) => (kind === "physical" ? [atMs] : []));
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(290 * (times.length - 1) - 20);
    stdin.end();
    expect((await tool.ended).code).toBe(0);
  });

  test("ends when its parent is killed, for the pipe ends with it", async () => {
    const source = `
      const child = Bun.spawn(["bash", ${JSON.stringify(Bun.fileURLToPath(new URL("../../../src/tool/plot.sh", import.meta.url)))}, "-v", "-m"], {
        env: { ...process.env, NSOMEM_WAIT_FD: "0" }, stdio: ["pipe", "pipe", "ignore"], detached: true });
      for await (const _ of child.stdout) break;
      console.log(child.pid);
      await Bun.sleep(60000);`;
    const parent = Bun.spawn([process.execPath, "-e", source], {
      env: {
        PATH: process.env.PATH,
        NSOMEM_PROC: made.proc,
        NSOMEM_CGROUP: made.cgroup,
        NSOMEM_WITHOUT_CORE: "stay",
        NSOMEM_DATA: "none",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const reader = parent.stdout.getReader();
    const toolPid = Number(new TextDecoder().decode((await reader.read()).value));
    expect(toolPid).toBeGreaterThan(1);
    parent.kill("SIGKILL");
    await parent.exited;
    const deadline = performance.now() + 2000;
    while (isRunning(toolPid) && performance.now() < deadline) await Bun.sleep(10);
    expect(isRunning(toolPid)).toBe(false);
  });

  test("outlives a standard input that is at its end, where it was not told to wait on it", async () => {
    const tool = start({ NSOMEM_INTERVAL_MS_MAX: "25" });
    await tool.ticks(5);
    expect((await tool.end()).code).toBe(0);
  });
});

test("no loop has continue or break: after them bash loses a signal (facts 4.17), too rarely to be met here", () => {
  const code = readFileSync(script, "utf8").replaceAll(/^\s*#.*$/gm, "");
  expect(code.match(/^.*\b(continue|break)\b.*$/gm)).toBeNull();
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
