/** What the running agent does at a level, on a kernel view of the test's own: exact, and without filling memory. */

import { expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { until } from "../lab/part.ts";
import { run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing();

/** A core, an `ncs` and an agent that is normal at 10 %. */
async function begin({ config = "", words = [] as string[], stays = false } = {}) {
  const core = scene.keep(
    await startCore({ cwd: scene.dir(), stays, dumpPath: join(scene.dir(), "erl_crash.dump") }),
  );
  const ncs = writeNcsCommand(join(scene.dir(), "bin"));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const agent = scene.agent({
    prefix: view.prefix,
    words: ["--pid", String(core.pid), ...words],
    config: `[nso]\ncommand = "${ncs.path}"\n${config}`,
  });
  await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
  return { core, ncs, view, agent };
}

testUnless(
  lacking,
  "89.99 % is normal, and exactly 90 % a warning with three dumps and no signal",
  async () => {
    const { core, ncs, view, agent } = await begin({ config: '[debug_dump]\ninterval = "10ms"' });
    view.set({ physicalPercent: 89.99 });
    await agent.statusWhen("89.9 %", ({ memory }) => memory.physical?.percent === 89.9);
    expect(agent.status()?.memory.physical?.level).toBe("normal");
    view.set({ physicalPercent: 90 });
    const { actions } = await agent.statusWhen(
      "the dumps",
      (status) => status.actions[0]?.outcome === "done",
    );
    expect(actions.map(({ action }) => action).filter((action) => action !== "evidence")).toEqual([
      "debug-dump",
    ]);
    expect(ncs.calls()).toHaveLength(3);
    expect(core.isRunning()).toBe(true);
  },
);

testUnless(lacking, "exactly 95 % is critical: from normal it runs the critical action alone", async () => {
  const { core, ncs, view, agent } = await begin();
  view.set({ physicalPercent: 95 });
  expect((await core.arrival()).senderPid).toBe(agent.pid);
  const { exitCode } = await agent.ended;
  expect(exitCode).toBe(0);
  expect(ncs.calls()).toEqual([]);
  expect(agent.status()?.actions).toMatchObject([
    { action: "crash-dump", level: "critical", outcome: "done" },
  ]);
});

testUnless(lacking, "critical does not wait for a debug dump that hangs", async () => {
  const { core, ncs, view, agent } = await begin({ config: '[debug_dump]\ntimeout = "60s"' });
  ncs.behave("hang");
  view.set({ physicalPercent: 91 });
  await agent.statusWhen("the dump to begin", ({ actions }) => actions[0]?.outcome === "running");
  const criticalNs = BigInt(Date.now()) * 1_000_000n;
  view.set({ physicalPercent: 96 });
  const { atNs } = await core.arrival();
  // At 91 % the next reading is at most 20 ms away by the cadence; ten times that on a busy build machine.
  expect(Number(atNs - criticalNs) / 1e6).toBeLessThan(1000);
});

testUnless(
  lacking,
  "each memory kind has its own state: allocated in mode 0 is advisory and signals nobody",
  async () => {
    const { core, ncs, view, agent } = await begin();
    view.set({ physicalPercent: 10, allocatedPercent: 97 });
    const status = await agent.statusWhen("critical", ({ memory }) => memory.allocated?.level === "critical");
    expect(status.memory).toMatchObject({
      physical: { level: "normal", enforced: true },
      allocated: { level: "critical", enforced: false },
    });
    expect(core.isRunning()).toBe(true);
    expect(ncs.calls()).toEqual([]);
    // No alarm: one line that says so, no incident anywhere.
    await until("the line", () => agent.log("action.log").includes("committed memory is critical"));
    const lines = agent
      .log("action.log")
      .split("\n")
      .filter((line) => line.includes("committed"));
    expect(lines.filter((line) => /\[(ERROR|WARNING)\]/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes("critical"))).toHaveLength(1);
    const incidents = join(agent.home, "incidents");
    expect(existsSync(incidents) ? readdirSync(incidents) : []).toEqual([]);
    expect((await agent.statusWhen("no action", () => true)).actions).toEqual([]);
    const { stdout } = await run(["stats", "--home", agent.home]);
    expect(stdout).not.toMatch(/incident|CRITICAL/i);
  },
);

testUnless(
  lacking,
  "allocated in mode 2 takes debug dumps at warning and signals nobody at critical",
  async () => {
    const { core, ncs, view, agent } = await begin({ config: '[debug_dump]\ninterval = "10ms"' });
    view.setOvercommit(2);
    view.set({ physicalPercent: 10, allocatedPercent: 90 });
    await agent.statusWhen("the dumps", ({ actions }) => actions[0]?.outcome === "done");
    view.set({ physicalPercent: 10, allocatedPercent: 97 });
    await agent.statusWhen("critical", ({ memory }) => memory.allocated?.level === "critical");
    expect(ncs.calls()).toHaveLength(3);
    expect(core.isRunning()).toBe(true);
  },
);

testUnless(
  lacking,
  "a level is left two points below and only after its time; then it can be entered again",
  async () => {
    const { ncs, view, agent } = await begin({
      config: '[physical]\nrecovery_time = "400ms"\n[debug_dump]\ncount = 1\ncooldown = "0s"',
    });
    const level = () => agent.status()?.memory.physical?.level;
    view.set({ physicalPercent: 90 });
    await agent.statusWhen("the first dump", ({ actions }) => actions[0]?.outcome === "done");
    view.set({ physicalPercent: 88.5 });
    await agent.statusWhen("88.5 %", ({ memory }) => memory.physical?.percent === 88.5);
    await Bun.sleep(800);
    expect(level()).toBe("warning");
    view.set({ physicalPercent: 88 });
    await agent.statusWhen("normal", ({ memory }) => memory.physical?.level === "normal");
    view.set({ physicalPercent: 90 });
    await agent.statusWhen("the second dump", ({ actions }) => {
      const dumps = actions.filter(({ action, outcome }) => action === "debug-dump" && outcome === "done");
      return dumps.length === 2;
    });
    expect(ncs.calls()).toHaveLength(2);
  },
);

testUnless(lacking, "--dry-run records what would be done and does nothing", async () => {
  const { core, ncs, view, agent } = await begin({ words: ["--dry-run"] });
  view.set({ physicalPercent: 91 });
  await agent.statusWhen("the warning", ({ actions }) => actions.length === 2);
  view.set({ physicalPercent: 96 });
  const status = await agent.statusWhen("critical", ({ actions }) => actions.length === 3);
  expect(status.dry_run).toBe(true);
  expect(status.actions.map(({ action, outcome, message }) => `${action} ${outcome}: ${message}`)).toEqual([
    "debug-dump skipped: dry run",
    "evidence skipped: dry run",
    "crash-dump skipped: dry run",
  ]);
  expect(core.isRunning()).toBe(true);
  expect(ncs.calls()).toEqual([]);
});

testUnless(lacking, "a core that survives SIGUSR1 is told so and never killed", async () => {
  const { core, view, agent } = await begin({ stays: true, config: '[crash_dump]\ntimeout = "300ms"' });
  view.set({ physicalPercent: 96 });
  const { actions } = await agent.statusWhen(
    "the verdict",
    (status) => status.actions[0]?.outcome === "failed",
  );
  expect(actions[0]?.message).toContain("NSO survived");
  expect(core.isRunning()).toBe(true);
});

testUnless(lacking, "dumps of two episodes go to two directories, and none is overwritten", async () => {
  const { view, agent } = await begin({
    config:
      '[physical]\nrecovery_time = "0s"\n[debug_dump]\ncount = 2\ninterval = "0s"\ncooldown = "0s"\n[actions]\nwarning_phy = ["debug-dump"]',
  });
  for (const episode of [0, 1]) {
    view.set({ physicalPercent: 91 });
    await agent.statusWhen("the dumps", ({ actions }) => actions[episode]?.outcome === "done");
    view.set({ physicalPercent: 50 });
    await agent.statusWhen("normal", ({ memory }) => memory.physical?.level === "normal");
  }
  const files = agent.status()?.actions.flatMap((action) => action.files) ?? [];
  expect(new Set(files).size).toBe(4);
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(readdirSync(join(agent.home, "incidents"))).toHaveLength(2);
});
