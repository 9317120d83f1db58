/** What the agent does when it cannot measure, or its tool cannot: it says so, and takes the tool's place. */

import { describe, expect } from "bun:test";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { writeScript } from "./acting.ts";
import { run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = nativeMissing ?? kernelViewMissing();
const noWarning = '[actions]\nwarning_phy = []\ncrit_phy = ["crash-dump"]\n';

async function startWatched(options: { config?: string; words?: string[]; prefix?: string[] } = {}) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const agent = scene.agent({
    config: options.config ?? noWarning,
    prefix: [...view.prefix, ...(options.prefix ?? [])],
    words: ["--pid", String(core.pid), "--wait", ...(options.words ?? [])],
  });
  const first = await agent.statusWhen("a reading", ({ memory }) => memory.physical?.level === "normal");
  return { core, view, agent, first };
}

describe("memory that cannot be measured", () => {
  testUnless(
    missing,
    "is a state: no old number is shown without its age, critical is not forgotten, and its return is said",
    async () => {
      const { view, agent, core } = await startWatched({ config: "[actions]\ncrit_phy = []\n" });
      view.set({ physicalPercent: 96 });
      await agent.statusWhen("critical", ({ memory }) => memory.physical?.level === "critical");
      const meminfo = join(scene.dir(), "kernel", "meminfo");
      truncateSync(meminfo);
      const { blind, memory, problems } = await agent.statusWhen(
        "blindness",
        (status) => status.blind !== null,
      );
      expect(memory).toEqual({});
      expect(blind?.reason).toContain("has no field MemTotal");
      expect(blind?.last.physical).toMatchObject({ level: "critical", percent: 96 });
      expect(problems.join()).toContain("memory cannot be measured");
      const page = await run(["status", "--home", agent.home]);
      expect(page.stdout).toMatch(/physical +not measured for \d.* it was critical at 96\.0 %/);
      view.set({ physicalPercent: 96 });
      const seeing = await agent.statusWhen("sight", (status) => status.blind === null);
      expect(seeing.memory.physical?.level).toBe("critical");
      await until("the word in the log", () => agent.log("agent.log").includes("memory is measured again"));
      expect(agent.log("agent.log").match(/memory cannot be measured/g)).toHaveLength(1);
      expect(core.isRunning()).toBe(true);
    },
  );

  testUnless(missing, "a reading that is seconds old is shown with its age", async () => {
    const { agent } = await startWatched({ config: '[tool]\ninterval_max = "60s"\n' });
    const { memory } = await agent.statusWhen("an old reading", (status) => {
      return (status.memory.physical?.age_ms ?? 0) > 3500;
    });
    expect(memory.physical?.level).toBe("normal");
    expect((await run(["status", "--home", agent.home])).stdout).toContain("before this was written");
  });
});

describe("a tool that hangs", () => {
  testUnless(missing, "near a limit is not waited for, however long its interval", async () => {
    const { core, view, agent, first } = await startWatched({
      config: `${noWarning}[tool]\ninterval_max = "60s"\n`,
    });
    view.set({ physicalPercent: 94.9 });
    await agent.statusWhen("the warning", ({ memory }) => memory.physical?.level === "warning");
    process.kill(first.tool.pid ?? 0, "SIGSTOP");
    view.set({ physicalPercent: 96 });
    await core.arrival();
    expect(agent.status()?.tool.restarts).toBe(0);
  });

  testUnless(missing, "does not hold up a stop", async () => {
    const { agent, first } = await startWatched();
    process.kill(first.tool.pid ?? 0, "SIGSTOP");
    const stopped = await run(["stop", "--home", agent.home]);
    expect(stopped.stdout).toContain("has stopped");
    await agent.ended;
  });

  testUnless(missing, "an agent that hangs is killed by stop, which says so", async () => {
    const { agent } = await startWatched();
    agent.signal("SIGSTOP");
    const stopped = await run(["stop", "--home", agent.home]);
    expect(stopped.stdout).toContain("and was killed");
    expect(stopped.exitCode).toBe(0);
    await agent.ended;
  });
});

describe("a tool that delivers samples and no reading", () => {
  testUnless(missing, "is not healthy: the agent measures in its place", async () => {
    const tool = join(scene.dir(), "tool");
    mkdirSync(tool);
    const line =
      "2026-01-01 [MONITOR VERBOSE] [INFO] Physical Memory Usage 1 KB/10 KB(10%) is within 90% of MemTotal";
    const sample = "2026-01-01 [SAMPLE] group=core pid=1 rss_kib=1 allocated_kib=1 children= name=ncs.smp";
    writeScript(
      tool,
      "plot.sh",
      `echo "${line.slice(11)}"; while :; do echo "${sample.slice(11)}"; sleep 0.2; done\n`,
    );
    const { core, view } = await startWatched({ words: ["--tool", tool] });
    view.set({ physicalPercent: 96 });
    await core.arrival(10_000);
  });
});

describe("without bash", () => {
  /** What bash is, everywhere that it may be found, in the mount namespace of the agent alone. */
  const hideBash = (stub: string) => [
    "sh",
    "-c",
    `for b in /bin/bash /usr/bin/bash /usr/local/bin/bash; do [ ! -e "$b" ] || mount --bind ${stub} "$(readlink -f "$b")"; done; exec "$@"`,
    "sh",
  ];

  testUnless(
    missing,
    "the agent starts, measures NSO's processes by itself, says so, and rescues",
    async () => {
      const stub = join(scene.dir(), "not-bash");
      writeFileSync(stub, "not a program");
      const { core, view, agent } = await startWatched({ prefix: hideBash(stub) });
      const { problems, processes, tool } = await agent.statusWhen(
        "the core",
        (status) => status.processes.length > 0,
      );
      expect(processes).toMatchObject([{ group: "core", pid: core.pid }]);
      expect(tool).toMatchObject({ state: "restarting", source: "in-process" });
      expect(problems.join()).toContain("plot.sh cannot be started: bash was not found");
      expect(readFileSync(join(agent.home, "logs/monitor.log"), "utf8")).toContain(
        `[SAMPLE] group=core pid=${core.pid}`,
      );
      view.set({ physicalPercent: 96 });
      await core.arrival();
      expect(agent.log("agent.log").match(/cannot be started/g)).toHaveLength(1);
    },
  );
});
