/** Growth: whether what comes and goes leaves something behind. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { textOf } from "./world.ts";

/** CHAOS_LONG=60: so many minutes, and half an hour with 1. */
const minutes = Math.max(30, Number(process.env.CHAOS_LONG) || 0);
/** Until here its heap and SQLite's cache fill. */
const settledMinutes = 20;
const growthKibMax = 3000;
const logBytesMax = 64 * 1024 * 1024;

const episodes: Fault = {
  name: "growth",
  done: `${minutes} minutes at 50 looks a second, with an episode each 10 s`,
  secondsMax: minutes * 60 + 60,
  isLong: true,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, {
      words: ["--wait"],
      config:
        '[debug_dump]\ncount = 2\ninterval = "100ms"\ncooldown = "1s"\n[physical]\nrecovery_time = "2s"\n',
    });
    const anonKib = () => Number(/RssAnon:\s+(\d+)/.exec(textOf(`/proc/${agent.pid}/status`))?.[1]);
    const descriptors = () => readdirSync(`/proc/${agent.pid}/fd`).length;
    const statusBytes = () => statSync(join(world.home, "status.json")).size;
    const logs = join(world.home, "logs");
    const logBytes = () => readdirSync(logs).reduce((sum, name) => sum + statSync(join(logs, name)).size, 0);
    const tell = (minute: number) =>
      console.error(
        `${minute} min: ${leastKib} KiB anonymous at least, ${descriptors()} descriptors, status.json ${statusBytes()}, logs ${logBytes()} bytes, CPU ${cpuSeconds(agent.pid)} s`,
      );
    // The least of five minutes: between two collections it rises and falls.
    let leastKib = Number.POSITIVE_INFINITY;
    let settledKib = 0;
    let settledDescriptors = 0;
    for (let turn = 0; turn < minutes * 6; turn++) {
      world.view.set({ physicalPercent: 94.9 });
      await Bun.sleep(6000);
      world.view.set({ physicalPercent: 80 });
      await Bun.sleep(4000);
      leastKib = Math.min(turn % 30 === 0 ? Number.POSITIVE_INFINITY : leastKib, anonKib());
      if (turn % 30 === 29) tell((turn + 1) / 6);
      if (turn !== settledMinutes * 6 - 1) continue;
      settledKib = leastKib;
      settledDescriptors = descriptors();
    }
    must(leastKib - settledKib <= growthKibMax, `it grew from ${settledKib} to ${leastKib} KiB`);
    must(
      descriptors() <= settledDescriptors + 2,
      `descriptors grew from ${settledDescriptors} to ${descriptors()}`,
    );
    must(statusBytes() <= 64 * 1024, `status.json has ${statusBytes()} bytes`);
    must(logBytes() <= logBytesMax, `the logs have ${logBytes()} bytes`);
    const seen = `${leastKib} KiB of its own, ${settledKib} ${minutes - settledMinutes} minutes before`;
    return { seen, kept: `status.json of ${statusBytes()} bytes`, signalMs: null };
  },
};

/** User and system time, in USER_HZ of 100. See proc_pid_stat(5). */
function cpuSeconds(pid: number): number {
  const fields = textOf(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const growthFaults: readonly Fault[] = [episodes];
