/** The agent itself is killed, started twice, stopped in the middle. */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStatusFile, startAgent } from "../e2e/agent.ts";
import { until } from "../lab/part.ts";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { processesOf, textOf, type World } from "./world.ts";

const killsMax = 25;

const killedAtRandom: Fault = {
  name: "agent-killed",
  done: `the agent is killed (SIGKILL) at ${killsMax} random moments around critical, and started again`,
  secondsMax: 100,
  async stage(world) {
    const config = world.config('[actions]\nwarning_phy = []\n[crash_dump]\ncooldown = "1ms"\n');
    let kills = 0;
    while (kills < killsMax) {
      world.view.set({ physicalPercent: 94.5 });
      const core = await world.core({ stays: true });
      let arrivals = 0;
      const count = async () => {
        for (;;) if ((await core.arrival(90_000)).signal === "SIGUSR1") arrivals++;
      };
      count().catch(() => undefined);
      for (let life = 0; life < 5; life++) {
        const agent = startAgent({ home: world.home, config, words: ["--wait", "--pid", String(core.pid)] });
        await Bun.sleep(Math.random() * 400);
        if (life >= 2) world.view.set({ physicalPercent: 96 });
        await Bun.sleep(Math.random() * 300);
        if (life === 4) await until("SIGUSR1", () => arrivals > 0, 5000);
        agent.signal("SIGKILL");
        await agent.ended;
        kills++;
      }
      await Bun.sleep(100);
      must(arrivals === 1, `a core was sent SIGUSR1 ${arrivals} times`);
      await core.stop();
    }
    await until("no tool to be left", () => processesOf("plot.sh").length === 0, 5000);
    for (const id of readdirSync(join(world.home, "incidents")))
      for (const line of textOf(join(world.home, "incidents", id, "incident.jsonl"))
        .split("\n")
        .filter(Boolean))
        JSON.parse(line);
    must(readStatusFile(world.home), "there is no status.json");
    const { stdout } = await world.command(["incidents", "--json"]);
    const count = (JSON.parse(stdout) as { incidents: unknown[] }).incidents.length;
    return { seen: "nothing twice", kept: `${count} incidents, every line whole`, signalMs: null };
  },
};

const twentyAtOnce: Fault = {
  name: "agent-twenty",
  done: "twenty are started at the same moment",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const config = configFile(world);
    const words = ["start", "--daemon", "--wait", "--config", config, "--pid", String(core.pid)];
    const results = await Promise.all(Array.from({ length: 20 }, () => world.command(words)));
    const begun = results.filter(({ exitCode }) => exitCode === 0);
    const refused = results.filter(({ exitCode }) => exitCode === 5);
    must(
      begun.length === 1 && refused.length === 19,
      `exit codes ${results.map(({ exitCode }) => exitCode).join(" ")}`,
    );
    const signalMs = await world.cross(core);
    return { seen: refused[0]?.stderr ?? "", kept: await world.verdict(/complete/), signalMs };
  },
};

const stoppedInDump: Fault = {
  name: "agent-stopped",
  done: "`nsomem stop` while NSO writes its dump, and a start after it",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core({ dumpSeconds: 5 });
    await world.agent(core, { words: ["--wait"] });
    const signalMs = await world.cross(core);
    await Bun.sleep(700);
    const stopped = await world.command(["stop"]);
    must(stopped.exitCode === 0, `stop ends with ${stopped.exitCode}: ${stopped.stderr}`);
    const sinceMs = performance.now();
    const again = await world.command(["start", "--daemon", "--wait", "--config", configFile(world)]);
    must(again.exitCode === 0, `start ends with ${again.exitCode}: ${again.stderr}`);
    must(performance.now() - sinceMs < 4000, "start waits for the dump");
    return { seen: stopped.stdout + stopped.stderr, kept: await world.verdict(/complete/, 15_000), signalMs };
  },
};

function configFile(world: World): string {
  const path = join(world.dir, "nsomem.toml");
  writeFileSync(path, world.config());
  return path;
}

export const agentFaults: readonly Fault[] = [killedAtRandom, twentyAtOnce, stoppedInDump];
