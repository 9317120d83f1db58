/** A /proc/meminfo that says nothing, or nonsense. */

import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";

const kinds: readonly { name: string; done: string; change: (text: string) => string; inSuite?: true }[] = [
  { name: "empty", done: "/proc/meminfo is empty", change: () => "", inSuite: true },
  { name: "zero", done: "/proc/meminfo has only zeros", change: (text) => text.replace(/\d+ kB/g, "0 kB") },
  {
    name: "garbage",
    done: "/proc/meminfo has words for numbers",
    change: () => "MemTotal: lots kB\nMemFree: x\n",
  },
  {
    name: "huge",
    done: "/proc/meminfo has numbers of 23 digits",
    change: (text) => text.replace(/\d+ kB/g, "99999999999999999999999 kB"),
    inSuite: true,
  },
];

/** Nobody can measure then: that is what must be said, and it goes on when meminfo is back. */
export const meminfoFaults: readonly Fault[] = kinds.map(({ name, done, change, inSuite }) => ({
  name: `meminfo-${name}`,
  done,
  secondsMax: 40,
  ...(inSuite ? { inSuite } : {}),
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1000);
    const before = readFileSync(world.view.meminfo, "utf8");
    replace(world.view.meminfo, change(before));
    await Bun.sleep(4500);
    must(agent.isRunning(), "the agent has ended");
    const seen = await world.told(/(problem: )?memory cannot be measured.*|physical +unknown.*/, 3000);
    must(agent.status()?.memory.physical === undefined, "an old number is shown as if it were so now");
    replace(world.view.meminfo, before);
    await agent.statusWhen("memory is measured again", ({ memory }) => memory.physical !== undefined);
    const signalMs = await world.cross(core);
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
}));

/** In place: the mount is on this very file. */
function replace(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY);
  ftruncateSync(file, 0);
  writeSync(file, text, 0);
  closeSync(file);
}
