/** Between the critical reading and the signal nothing is in the way: no process is created, as strace shows. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const calls = "clone,clone3,fork,vfork,execve,execveat,kill,tgkill,pidfd_send_signal,write,writev,sendto";

testUnless(
  nativeMissing ?? kernelViewMissing() ?? missingCommand("strace"),
  "no process is created between the critical line of the tool and SIGUSR1, which goes out once",
  async () => {
    const trace = join(scene.dir(), "trace");
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const view = createKernelView(join(scene.dir(), "kernel"));
    const agent = scene.agent({
      // -D: the agent stays this test's child, and strace looks on from the side.
      prefix: [...view.prefix, "strace", "-D", "-f", "-s", "200", "-e", `trace=${calls}`, "-o", trace],
      words: ["--pid", String(core.pid)],
    });
    await agent.statusWhen("the tool's first reading", ({ tool }) => tool.source === "tool");
    view.set({ physicalPercent: 96 });
    await core.arrival();
    await agent.ended;

    const lines = readFileSync(trace, "utf8").split("\n");
    const critical = lines.findIndex((line) => line.includes("[CRIT] Physical Memory Usage"));
    const signals = lines.flatMap((line, index) =>
      /^\d+ +(?:kill|tgkill|pidfd_send_signal)\(.*SIGUSR1/.test(line) ? index : [],
    );
    expect(critical).toBeGreaterThan(0);
    expect(signals).toHaveLength(1);
    const between = lines.slice(critical, signals[0]);
    expect(signals[0]).toBeGreaterThan(critical);
    expect(between.filter(createsProcess)).toEqual([]);
    // The same look at the whole trace finds the start of the tool, so it would find another process.
    expect(lines.filter(createsProcess).length).toBeGreaterThan(0);
  },
);

/** A thread of the same process is none. */
function createsProcess(line: string): boolean {
  return /\b(clone3?|v?fork|execve(at)?)\(/.test(line) && !line.includes("CLONE_THREAD");
}
