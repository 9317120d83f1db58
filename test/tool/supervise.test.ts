import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { superviseTool, type Tool, type ToolNews } from "../../src/tool/supervise.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Supervises `bash -c script`; `!…` lines count as garbage. */
function supervise(script: string, options: number | { descriptors: number[] } = 60_000) {
  const silenceMsMax = typeof options === "number" ? options : 60_000;
  const descriptors = typeof options === "number" ? [] : options.descriptors;
  const silence = { msMax: silenceMsMax };
  const cwd = mkdtempSync(join(tmpdir(), "supervise-"));
  const lines: string[] = [];
  const news: ToolNews[] = [];
  const tool: Tool = superviseTool({
    // bash -c takes a socket on its standard input for rsh, and would read whatever ~/.bashrc holds.
    place: () => ({ command: ["bash", "--norc", "-c", script], cwd, descriptors }),
    env: { PATH: process.env.PATH ?? "" },
    overdueMsMax: () => 60_000,
    silenceMsMax: () => silence.msMax,
    onLine(line) {
      lines.push(line);
      return line.startsWith("!") ? "rubbish" : line.startsWith("?") ? "sample" : "reading";
    },
    onNews: (item) => news.push(item),
  });
  cleanups.push(async () => {
    await tool.stop();
    rmSync(cwd, { recursive: true });
  });
  return { tool, lines, news, silence };
}

async function until(condition: () => boolean, msMax = 5000): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${msMax} ms: ${condition}`);
    await Bun.sleep(5);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the supervised tool", () => {
  test("delivers its lines whole, and counts as delivering from the first", async () => {
    const { tool, lines } = supervise("printf 'one\\ntw'; sleep 0.05; printf 'o\\n'; exec sleep 60");
    await until(() => lines.length === 2);
    expect(lines).toEqual(["one", "two"]);
    expect(tool.isDelivering()).toBe(true);
  });

  test("is restarted with a growing delay when it dies", async () => {
    const { tool, news } = supervise("exit 7");
    await until(() => news.filter((item) => item.kind === "ended").length === 3);
    const delays = news.flatMap((item) => (item.kind === "ended" ? [item.restartInMs] : []));
    expect(delays).toEqual([250, 500, 1000]);
    expect(news.find((item) => item.kind === "ended")?.why).toBe("exit 7");
    expect(tool.isDelivering()).toBe(false);
    expect(tool.state().state).toBe("restarting");
  });

  test("a killed one says so and stops delivering at once", async () => {
    const { tool, lines, news } = supervise("echo here; exec sleep 60");
    await until(() => lines.length === 1);
    process.kill(tool.state().pid ?? 0, "SIGKILL");
    await until(() => news.some((item) => item.kind === "ended"));
    expect(news.find((item) => item.kind === "ended")?.why).toBe("killed by SIGKILL");
    expect(tool.isDelivering()).toBe(false);
  });

  test("a stopped one is silent, killed and restarted", async () => {
    const { tool, lines, news } = supervise("echo here; while :; do sleep 0.02; echo tick; done", 300);
    await until(() => lines.length >= 2);
    process.kill(-(tool.state().pid ?? 0), "SIGSTOP");
    await until(() => news.some((item) => item.kind === "silent"));
    await until(() => tool.state().restarts === 1 && tool.isDelivering());
  });

  test("one that says only rubbish for five seconds is killed and restarted, and its rubbish named", async () => {
    const { lines, news } = supervise("echo here; while :; do sleep 0.1; echo '!rubbish'; done");
    await until(() => lines.length >= 2);
    const startedMs = performance.now();
    await until(() => news.some((item) => item.kind === "silent"), 8000);
    expect(performance.now() - startedMs).toBeGreaterThan(4500);
    expect(news.find((item) => item.kind === "silent")).toMatchObject({
      instead: { said: "rubbish", line: "!rubbish" },
    });
  }, 15_000);

  test("its silence is measured by the limit of now, which a reload may change", async () => {
    const { lines, news, silence } = supervise("echo here; exec sleep 60");
    await until(() => lines.length === 1);
    silence.msMax = 300;
    await until(() => news.some((item) => item.kind === "silent"));
  });

  test("garbage counts as silence", async () => {
    const { tool, news } = supervise("while :; do echo '!garbage'; sleep 0.02; done", 300);
    await until(() => news.some((item) => item.kind === "silent"));
    expect(tool.isDelivering()).toBe(false);
  });

  test("samples alone count as silence, and are named", async () => {
    const { tool, news } = supervise("while :; do echo '?sample'; sleep 0.02; done", 300);
    await until(() => news.some((item) => item.kind === "silent"));
    expect(news.find((item) => item.kind === "silent")).toMatchObject({
      instead: { said: "no reading", line: "?sample" },
    });
    expect(tool.isDelivering()).toBe(false);
  });

  test("finds what it is handed open from descriptor 3 on, although the file is gone", async () => {
    const dir = mkdtempSync(join(tmpdir(), "supervise-"));
    writeFileSync(join(dir, "script"), "echo from the descriptor; exec sleep 60");
    const descriptor = openSync(join(dir, "script"), "r");
    rmSync(dir, { recursive: true });
    const { lines } = supervise(". /proc/self/fd/3", { descriptors: [descriptor] });
    await until(() => lines.length === 1);
    closeSync(descriptor);
    expect(lines).toEqual(["from the descriptor"]);
  });

  test("a flood on stderr does not block it, and is told up to a bound", async () => {
    const { lines, news } = supervise(
      "for i in {1..3000}; do echo noise >&2; done; echo done; exec sleep 60",
    );
    await until(() => lines.includes("done"));
    expect(news.filter((item) => item.kind === "stderr")).toHaveLength(100);
  });

  test("a line without end is cut, and the next is whole", async () => {
    const { lines } = supervise("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo next; exec sleep 60");
    await until(() => lines.includes("next"));
    expect(lines[0]?.length).toBe(4097);
    expect(lines).toHaveLength(2);
  });

  test("stop ends it and what it started", async () => {
    const { tool, lines } = supervise("sleep 61 & echo $!; wait");
    await until(() => lines.length === 1);
    const grandchild = Number(lines[0]);
    const { pid } = tool.state();
    await tool.stop();
    expect(isRunning(pid ?? 0)).toBe(false);
    await until(() => !isRunning(grandchild));
    expect(tool.state().state).toBe("stopped");
  });

  test("a command that cannot be started is told and tried again", async () => {
    const news: ToolNews[] = [];
    const tool = superviseTool({
      place: () => ({ command: ["/nonexistent/bash"], cwd: tmpdir() }),
      env: {},
      overdueMsMax: () => 60_000,
      silenceMsMax: () => 60_000,
      onLine: () => "reading",
      onNews: (item) => news.push(item),
    });
    cleanups.push(() => tool.stop());
    await until(() => news.filter((item) => item.kind === "unstartable").length === 2);
    expect(news[0]).toMatchObject({ kind: "unstartable", restartInMs: 250 });
    expect(tool.problem()).toContain("/nonexistent/bash");
  });
});
