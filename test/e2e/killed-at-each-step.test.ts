/**
 * An agent that is killed at any of its steps: the next one signals a core that was not signalled, and no other. Only in
 * the moment between its note in the register and the signal itself none goes out: never twice comes before always.
 */

import { afterEach, expect } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolvePaths } from "../../src/record/paths.ts";
import { type CoreStandIn, startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until, withDeadline } from "../lab/part.ts";
import { actingMissing } from "./acting.ts";
import type { Agent } from "./agent.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = actingMissing ?? missingCommand("strace");

/** Before what the agent is killed. */
interface Step {
  calls: string;
  /** The only file whose calls count. */
  path?: (core: number, home: string) => string;
  /** What it leaves behind, where the order of its steps says so; what it does beside each other may take any. */
  leaves?: Left;
}

interface Left {
  /** The signal is in the register. */
  noted: boolean;
  /** It reached the core. */
  arrived: number;
}

const writes = "write,pwrite64,writev";
const steps: Record<string, Step> = {
  "the incident's directory is made": { calls: "mkdir,mkdirat" },
  "its first lines are on the disk": { calls: "fsync,fdatasync" },
  "the note in the register": { calls: writes, path: registerOf, leaves: { noted: false, arrived: 0 } },
  "the signal itself": { calls: "pidfd_send_signal", leaves: { noted: true, arrived: 0 } },
  "the note of the cool-down": {
    calls: writes,
    path: (_, home) => join(home, "last-runs.json.partial"),
    leaves: { noted: true, arrived: 1 },
  },
};
const config = '[actions]\nwarning_phy = []\n[crash_dump]\ncooldown = "1ms"\ntimeout = "400ms"\n';

let tracer: Bun.Subprocess | undefined;
afterEach(() => void tracer?.kill());

/** The one file of this core: every agent of this user writes there, whatever its home. */
function registerOf(core: number, home: string): string {
  const { cores } = resolvePaths({ home });
  const name = readdirSync(cores).find((file) => file.split("-")[2] === String(core));
  if (name === undefined) throw new Error(`PID ${core} is not in ${cores}`);
  return join(cores, name);
}

/** Kills the agent before one of its threads makes the first of these calls from now on. Resolves when strace has hold of it. */
async function killBefore({ calls, path }: Step, core: CoreStandIn, { pid, home }: Agent): Promise<void> {
  const said = join(scene.dir(), "strace");
  writeFileSync(said, "");
  const of = path ? ["-P", path(core.pid, home)] : [];
  const what = ["-e", `trace=${calls}`, "-e", `inject=${calls}:signal=KILL:when=1`, ...of];
  tracer = Bun.spawn(["strace", "-f", "-p", String(pid), "-o", "/dev/null", ...what], {
    stdio: ["ignore", "ignore", Bun.file(said)],
  });
  await until("strace", () => /attached/.test(readFileSync(said, "utf8")));
}

for (const [what, step] of Object.entries(steps))
  testUnless(missing, `before ${what}: the core is not signalled twice`, async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir(), stays: true }));
    let arrived = 0;
    const countArrivals = async () => {
      for (;;) {
        await core.arrival(60_000);
        arrived++;
      }
    };
    countArrivals().catch(() => undefined);
    const view = createKernelView(join(scene.dir(), "kernel"));
    const start = () => scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)], config });
    const first = start();
    await first.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
    await killBefore(step, core, first);
    view.set({ physicalPercent: 96 });
    const { output } = await withDeadline(first.ended, 20_000, "the agent to be killed");
    expect(output).toContain("physical memory is critical");
    await Bun.sleep(200); // the core tells of a signal a little later
    const left = {
      noted: readFileSync(registerOf(core.pid, first.home), "utf8").includes("SIGUSR1"),
      arrived,
    };
    if (step.leaves) expect(left).toEqual(step.leaves);
    rmSync(join(first.home, "status.json"), { force: true });
    const second = start();
    await second.statusWhen("the second agent's crash dump", ({ actions }) =>
      actions.some(({ action, outcome }) => action === "crash-dump" && outcome !== "running"),
    );
    const expected = left.noted ? left.arrived : 1;
    await until("the signal", () => arrived >= expected);
    await Bun.sleep(500);
    expect(arrived).toBe(expected);
  });
