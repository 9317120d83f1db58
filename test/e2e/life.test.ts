/** The life of an agent: one per home, found again after any death, leaving nothing behind. */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "../../src/core/status.ts";
import { identify, listPids, readArgv } from "../../src/linux/procfs.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { readStatusFile } from "./agent.ts";
import { run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

/** PIDs of a plot.sh that was unpacked below `home`. */
function toolsOf(home: string): number[] {
  return listPids("/proc").filter((pid) =>
    readArgv("/proc", pid)?.some((word) => word.startsWith(home) && word.endsWith("/plot.sh")),
  );
}

async function startDaemon(more: string[] = []) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const home = join(scene.dir(), "home");
  scene.keep({ stop: async () => void (await run(["stop", "--home", home])) });
  const words = ["start", "--daemon", "--pid", String(core.pid), "--home", home, ...more];
  const result = await run(words);
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  const status = readStatusFile(home);
  if (!status) throw new Error("the start returned, but there is no status.json");
  return { core, home, words, status, said: result.stdout };
}

async function startInForeground(prefix: string[] = []) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const agent = scene.agent({ prefix, words: ["--pid", String(core.pid)] });
  const status = await agent.statusWhen("the tool's first reading", ({ tool, memory }) =>
    Boolean(tool.source === "tool" && memory.physical),
  );
  return { core, agent, toolPid: status.tool.pid ?? 0 };
}

describe("a daemon", () => {
  testUnless(nativeMissing, "is ready when start returns: the first reading is in its status", async () => {
    const { status } = await startDaemon();
    expect(status.memory.physical?.limit_kib).toBeGreaterThan(0);
    expect(status.memory.allocated?.limit_kib).toBeGreaterThan(0);
  });

  testUnless(nativeMissing, "says plainly what it does when NSO ends, and does it", async () => {
    const ending = await startDaemon();
    expect(ending.said).toContain(
      `nsomem is running (PID ${ending.status.pid}). It ends when NSO ends; with --wait`,
    );
    await ending.core.stop();
    await until("its end", async () => (await run(["status", "--home", ending.home])).exitCode === 3);
    const staying = await startDaemon(["--wait"]);
    expect(staying.said).toContain("It stays when NSO ends, and watches the NSO that comes back.");
    await staying.core.stop();
    await until("the word of it", async () =>
      (await run(["status", "--home", staying.home])).stdout.startsWith("NSO IS DOWN; nsomem waits for it"),
    );
  });

  testUnless(nativeMissing, "holds its home: a second start ends with 5 and names its PID", async () => {
    const { words, status } = await startDaemon();
    const second = await run(words);
    expect(second.exitCode).toBe(5);
    expect(second.stderr).toContain(`PID ${status.pid}`);
  });

  testUnless(
    nativeMissing,
    "stops on stop, and takes its tool, PID file and unpacked files with it",
    async () => {
      const { home, status } = await startDaemon();
      const stop = await run(["stop", "--home", home]);
      expect(stop).toMatchObject({ exitCode: 0, stderr: "" });
      expect(identify("/proc", status.pid)).toBeUndefined();
      expect(toolsOf(home)).toEqual([]);
      expect(readdirSync(home).filter((name) => name.startsWith("tool-") || name.endsWith(".pid"))).toEqual(
        [],
      );
      expect(readStatusFile(home)?.running).toBe(false);
    },
  );

  testUnless(nativeMissing, "that is gone makes stop and status end with 3", async () => {
    const { home } = await startDaemon();
    await run(["stop", "--home", home]);
    expect((await run(["stop", "--home", home])).exitCode).toBe(3);
    expect((await run(["status", "--home", home])).exitCode).toBe(3);
    expect(JSON.parse((await run(["status", "--json", "--home", home])).stdout)).toMatchObject({
      running: false,
    });
  });

  testUnless(
    nativeMissing,
    "that was SIGKILLed leaves a stale PID file, which the next start recognises",
    async () => {
      const { home, words, status } = await startDaemon();
      process.kill(status.pid, "SIGKILL");
      await until("the end of the agent", () => identify("/proc", status.pid) === undefined);
      expect(existsSync(join(home, "nsomem.pid"))).toBe(true);
      expect((await run(["status", "--home", home])).exitCode).toBe(3);
      expect((await run(words)).exitCode).toBe(0);
      expect(readStatusFile(home)?.pid).not.toBe(status.pid);
    },
  );

  testUnless(
    nativeMissing,
    "is not held up by a PID file whose number now belongs to another process",
    async () => {
      const { core, home, words } = await startDaemon();
      await run(["stop", "--home", home]);
      const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      writeFileSync(join(home, "nsomem.pid"), `${core.pid}\n1\n${bootId}\n`);
      expect((await run(words)).exitCode).toBe(0);
      expect(core.isRunning()).toBe(true);
    },
  );

  testUnless(nativeMissing, "that cannot start says why in the words of the agent", async () => {
    const home = join(scene.dir(), "home");
    const result = await run(["start", "--daemon", "--pid", String(process.pid), "--home", home]);
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain(`PID ${process.pid} is not an NSO core`);
  });
});

describe("the tool under the agent", () => {
  testUnless(nativeMissing, "is gone within 2 s of the agent's SIGKILL", async () => {
    const { agent, toolPid } = await startInForeground();
    agent.signal("SIGKILL");
    await agent.ended;
    await until("the end of plot.sh", () => identify("/proc", toolPid) === undefined, 2000);
    expect(toolsOf(agent.home)).toEqual([]);
  });

  testUnless(
    nativeMissing,
    "that is SIGKILLed is replaced, and meanwhile the agent measures by itself",
    async () => {
      const { agent, toolPid } = await startInForeground();
      process.kill(toolPid, "SIGKILL");
      await agent.statusWhen("in-process sampling", ({ tool }) => tool.source === "in-process", 2000);
      const { tool } = await agent.statusWhen("a new tool", (status) => isBack(status, toolPid));
      expect(tool.restarts).toBe(1);
    },
  );

  testUnless(nativeMissing, "that is stopped falls silent and is replaced within 6 s", async () => {
    const { agent, toolPid } = await startInForeground();
    process.kill(toolPid, "SIGSTOP");
    // Silent for 3 intervals + 1 s, found at most 250 ms later, restarted 250 ms after that.
    await agent.statusWhen("a new tool", (status) => isBack(status, toolPid), 6000);
    expect(agent.log("agent.log")).toContain("plot.sh has been silent");
    expect(identify("/proc", toolPid)).toBeUndefined();
  });

  testUnless(
    nativeMissing ?? kernelViewMissing(),
    "may be dead at the very moment of critical: the signal comes all the same",
    async () => {
      const view = createKernelView(join(scene.dir(), "kernel"));
      const { core, agent, toolPid } = await startInForeground(view.prefix);
      process.kill(toolPid, "SIGSTOP");
      view.set({ physicalPercent: 96 });
      expect((await core.arrival(8000)).senderPid).toBe(agent.pid);
    },
  );
});

function isBack({ tool }: Status, oldPid: number): boolean {
  return tool.source === "tool" && tool.state === "running" && tool.pid !== oldPid;
}
