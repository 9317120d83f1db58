/**
 * An agent that is killed at any of its steps: the next one signals a core that was not signalled, and no other. Only in
 * the microseconds between its note in the register and the signal itself none goes out: never twice comes before always.
 */

import { afterEach, expect } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { actingMissing } from "./acting.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = actingMissing ?? missingCommand("strace");

const writes = "write,pwrite64,writev";
const syncs = "fsync,fdatasync";
/** Before which call the agent is killed, counted from about the critical reading on: what leaves something behind. */
const steps: [calls: string, number: number][] = [
  ["mkdir,mkdirat", 1],
  [syncs, 1],
  ["pidfd_send_signal", 1],
  ...[5, 15, 30, 45].map((number): [string, number] => [writes, number]),
];
const config = '[actions]\nwarning_phy = []\n[crash_dump]\ncooldown = "1ms"\ntimeout = "400ms"\n';

let tracer: Bun.Subprocess | undefined;
afterEach(() => void tracer?.kill());

/** Kills the agent before one of its threads makes the `number`th of `calls` from now on. Resolves when strace has hold of it. */
async function killBefore([calls, number]: [string, number], pid: number): Promise<void> {
  const said = join(scene.dir(), "strace");
  writeFileSync(said, "");
  tracer = Bun.spawn(
    ["strace", "-f", "-p", String(pid), "-o", "/dev/null", "-e", `trace=${calls}`].concat([
      "-e",
      `inject=${calls}:signal=KILL:when=${number}`,
    ]),
    { stdio: ["ignore", "ignore", Bun.file(said)] },
  );
  await until("strace", () => /attached/.test(readFileSync(said, "utf8")));
}

for (const step of steps)
  testUnless(missing, `before ${step.join(" ")}: the core is not signalled twice`, async () => {
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
    view.set({ physicalPercent: 96 });
    await killBefore(step, first.pid);
    await Promise.race([first.ended, Bun.sleep(3000)]);
    first.signal("SIGKILL");
    await first.ended;
    rmSync(join(first.home, "status.json"), { force: true });
    const second = start();
    await second.statusWhen("the second agent's crash dump", ({ actions }) =>
      actions.some(({ action, outcome }) => action === "crash-dump" && outcome !== "running"),
    );
    const expected = step[0] === "pidfd_send_signal" ? 0 : 1;
    await until("the signal", () => arrived >= expected);
    await Bun.sleep(500);
    expect(arrived).toBe(expected);
  });
