/** A time of day that is set while it runs. */

import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { compile, labFile } from "../lab/cache.ts";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import type { World } from "./world.ts";

const daySeconds = 86_400;

/** What stands in the environment of a process with a clock of its own, and how that is set. */
function ownClock({ dir }: World) {
  const file = join(dir, "clock");
  const library = join(dir, "clock.so");
  writeFileSync(file, Buffer.alloc(8));
  compile(["gcc", "-O2", "-shared", "-fPIC", `-DCLOCK_FILE="${file}"`, "-o", library, labFile("clock.c")]);
  return {
    env: { LD_PRELOAD: library },
    step(seconds: number) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(seconds));
      const descriptor = openSync(file, "r+");
      writeSync(descriptor, bytes, 0, 8, 0);
      closeSync(descriptor);
    },
  };
}

/** A core that writes for `seconds`, and an agent whose clock steps in the middle of it. */
const forward: Fault = {
  name: "clock-forward",
  done: "the time of day is set forward by a day while NSO writes its dump",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const clock = ownClock(world);
    const core = await world.core({ dumpSeconds: 5 });
    await world.agent(core, {
      words: ["--wait"],
      prefix: ["env", ...Object.entries(clock.env).map(([name, value]) => `${name}=${value}`)],
      config: '[crash_dump]\nkill = "after-timeout"\n[actions]\nwarning_phy = []\n',
    });
    const signalMs = await world.cross(core);
    await Bun.sleep(1500);
    clock.step(daySeconds);
    const kept = await world.verdict(/complete/, 15_000);
    return { seen: await world.told(/crash-dump done:? .*/), kept, signalMs };
  },
};

const back: Fault = {
  name: "clock-back",
  done: "the time of day is set back by a day, and NSO restarts",
  secondsMax: 50,
  inSuite: true,
  async stage(world) {
    const clock = ownClock(world);
    const prefix = ["env", ...Object.entries(clock.env).map(([name, value]) => `${name}=${value}`)];
    const first = await world.core();
    const agent = await world.agent(first, { words: ["--wait"], prefix });
    await Bun.sleep(1500);
    clock.step(-daySeconds);
    await Bun.sleep(1000);
    await first.stop();
    const core = await world.core();
    await agent.statusWhen("the new core is followed", ({ nso }) => nso?.pid === core.pid, 12_000);
    const seen = await world.told(/watching NSO core .*/);
    const signalMs = await world.cross(core);
    const kept = await world.verdict(/complete/);
    must(agent.isRunning(), "the agent has ended");
    return { seen, kept, signalMs };
  },
};

export const clockFaults: readonly Fault[] = [forward, back];
