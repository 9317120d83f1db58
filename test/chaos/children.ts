/** What nsomem starts and does not own: `ncs`, callbacks, executables. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../lab/part.ts";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { processesOf, type World, writeExecutable } from "./world.ts";

/** A warning that takes dumps with an `ncs` that does `body`, and critical `afterMs` later. */
async function misbehave(world: World, body: string, { settings = "", afterMs = 1500 }) {
  const core = await world.core();
  const agent = await world.agent(core, {
    words: ["--wait"],
    config: `[debug_dump]\ncount = 1\n${settings}`,
  });
  writeExecutable(world.ncs.path, `#!/bin/bash\n${body}\n`);
  await Bun.sleep(afterMs);
  const signalMs = await world.cross(core);
  return { core, agent, signalMs };
}

const stubborn: Fault = {
  name: "ncs-stubborn",
  done: "`ncs` ignores SIGTERM, and so do its children",
  secondsMax: 40,
  async stage(world) {
    const body = 'trap "" TERM INT HUP; (trap "" TERM; exec -a grand sleep 300) & while :; do sleep 1; done';
    writeExecutable(world.ncs.path, `#!/bin/bash\n${body}\n`);
    const { signalMs } = await misbehave(world, body, { settings: 'timeout = "1s"\n' });
    await until("its children to be gone", () => processesOf("grand").length === 0, 10_000);
    return {
      seen: await world.told(/debug-dump failed:? .*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const grandchild: Fault = {
  name: "ncs-grandchild",
  done: "`ncs` fails, and a process that it leaves holds its output open",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const body = '(exec -a lingering sleep 300) & echo "could not connect" >&2; exit 2';
    writeExecutable(world.ncs.path, `#!/bin/bash\n${body}\n`);
    const { signalMs } = await misbehave(world, body, { settings: 'timeout = "2s"\n' });
    const seen = await world.told(/debug-dump failed:? .*/, 8000);
    await until("the process to be ended", () => processesOf("lingering").length === 0, 5000);
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
};

const flood: Fault = {
  name: "ncs-flood",
  done: "`ncs` floods its stderr until its deadline",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const body = 'exec yes "complaint complaint complaint" >&2';
    writeExecutable(world.ncs.path, `#!/bin/bash\n${body}\n`);
    const { signalMs, agent } = await misbehave(world, body, { settings: 'timeout = "4s"\n' });
    must(agent.isRunning(), "the agent has ended");
    return {
      seen: await world.told(/debug-dump failed:? .*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const callbacks: Fault = {
  name: "callbacks-rage",
  done: "a callback starts 200 processes and a daemon, floods its output and never returns",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    writeFileSync(
      join(world.home, "callbacks.ts"),
      `export const warning_phy = async ({ logger }: any) => {
        for (let i = 0; i < 200; i++) Bun.spawn(["sleep", "301"]);
        Bun.spawn(["setsid", "sleep", "302"]);
        for (let i = 0; i < 5000; i++) logger.info("line " + i + " \\u001b[31mred");
        for (let i = 0; i < 200; i++) console.log("x".repeat(100000));
        while (true) {}
      };`,
    );
    const core = await world.core();
    const config = '[callbacks]\ntimeout = "3s"\n[actions]\nwarning_phy = ["callback"]\n';
    const agent = await world.agent(core, { words: ["--wait"], config });
    await Bun.sleep(1500);
    const signalMs = await world.cross(core);
    await until("its processes to be ended", () => processesOf("sleep 301").length === 0, 12_000);
    must(agent.isRunning(), "the agent has ended");
    return {
      seen: await world.told(/callback(:\S+)? failed:? .*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

export const childFaults: readonly Fault[] = [stubborn, grandchild, flood, callbacks];
