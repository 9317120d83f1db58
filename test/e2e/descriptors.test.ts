/** An agent without a free descriptor: it measures, signals and says so once, and takes up the rest when some are back. */

import { expect } from "bun:test";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

testUnless(
  nativeMissing ?? kernelViewMissing() ?? missingCommand("prlimit"),
  "without a free descriptor memory is measured and the signal goes out, and no stack trace is in the log",
  async () => {
    const core = scene.keep(
      await startCore({ cwd: scene.dir(), dumpPath: join(scene.dir(), "erl_crash.dump") }),
    );
    const view = createKernelView(join(scene.dir(), "kernel"));
    const agent = scene.agent({
      config: "[actions]\nwarning_phy = []\n",
      prefix: view.prefix,
      words: ["--pid", String(core.pid), "--wait"],
    });
    const { tool } = await agent.statusWhen("the tool", (status) => status.tool.source === "tool");
    const allow = (descriptors: number) =>
      Bun.spawnSync(["prlimit", `--nofile=${descriptors}:4096`, "--pid", String(agent.pid)]);
    allow(3);
    // No new tool can be started either.
    process.kill(tool.pid ?? 0, "SIGKILL");
    view.set({ physicalPercent: 96 });
    await core.arrival();
    await until("the attempt to start another", () => agent.log("agent.log").includes("cannot be started"));
    allow(4096);
    await agent.statusWhen("a new tool", (status) => status.tool.state === "running");
    await agent.statusWhen("the verdict", ({ actions }) => actions.some(({ outcome }) => outcome === "done"));
    const log = agent.log("agent.log");
    expect(log).toContain("plot.sh cannot be started");
    expect(log).not.toContain("    at ");
  },
);
