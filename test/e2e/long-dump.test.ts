/** A dump that takes longer than crash_dump.timeout, by a core that tells its signals. */

import { describe, expect } from "bun:test";
import { join } from "node:path";
import { summariseIncident } from "../../src/core/incident.ts";
import { listIncidents, readIncident } from "../../src/record/incident-log.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { actingMissing } from "./acting.ts";
import { run } from "./binary.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const incidents = () => join(scene.dir(), "home/incidents");

function latest() {
  const [id] = listIncidents(incidents());
  const steps = (id && readIncident(incidents(), id)?.steps) || [];
  return { steps, ...summariseIncident(id ?? "", steps) };
}

async function dumping({ dumpSeconds, stays = false }: { dumpSeconds: number; stays?: boolean }) {
  const dumpPath = join(scene.dir(), "erl_crash.dump");
  const core = scene.keep(await startCore({ cwd: scene.dir(), dumpPath, dumpSeconds, stays }));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const config = '[crash_dump]\ntimeout = "1s"\n[actions]\nwarning_phy = []\n';
  const start = () => scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)], config });
  const agent = start();
  await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
  view.set({ physicalPercent: 96 });
  await core.arrival();
  return { core, agent, view, start, dumpPath };
}

describe("a dump longer than its time-out", () => {
  testUnless(
    actingMissing,
    "is watched on while it grows, shown as being written, and judged at its end",
    async () => {
      const { agent } = await dumping({ dumpSeconds: 5 });
      await until("the time-out", () => latest().steps.some(({ step }) => step === "still-writing"));
      const { actions } = await agent.statusWhen("the dump's progress", (status) =>
        status.actions.some(({ message }) => message.includes("written after")),
      );
      expect(actions[0]).toMatchObject({ action: "crash-dump", outcome: "running" });
      const { stdout } = await run(["incidents", "--home", agent.home]);
      expect(stdout).toContain("being written");
      expect(agent.log("action.log")).toContain("the crash dump is still being written after 1.");
      await agent.ended;
      expect(latest()).toMatchObject({ state: "finished", verdict: "complete" });
      expect(latest().steps.filter(({ step }) => step === "verdict")).toHaveLength(1);
      expect((await run(["incidents", "--home", agent.home])).stdout).not.toContain("being written");
    },
  );

  testUnless(
    actingMissing,
    "that never began has its verdict, which is mended when a dump is there at NSO's end",
    async () => {
      const { agent, core, dumpPath } = await dumping({ dumpSeconds: 0, stays: true });
      await until("the verdict", () => latest().verdict === "survived");
      await until("the later look", async () => (await Bun.sleep(3500)) ?? true);
      await Bun.write(dumpPath, "=erl_crash_dump:0.5\n=end\n");
      await core.stop();
      await agent.ended;
      expect(latest()).toMatchObject({ state: "finished", verdict: "complete" });
      expect(agent.status()?.actions.at(-1)).toMatchObject({ action: "crash-dump", outcome: "done" });
    },
  );
});
