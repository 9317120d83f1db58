/** Between memory being critical and the signal nothing is in the way: no process is created, as strace shows. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const calls = "clone,clone3,fork,vfork,execve,execveat,kill,tgkill,pidfd_send_signal";

testUnless(
  nativeMissing ?? kernelViewMissing() ?? missingCommand("strace"),
  "no process is created from when memory is critical to SIGUSR1, which goes out once",
  async () => {
    const trace = join(scene.dir(), "trace");
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const view = createKernelView(join(scene.dir(), "kernel"));
    const agent = scene.agent({
      // -D: the agent stays this test's child, and strace looks on from the side. -ttt: seconds since the epoch.
      prefix: [...view.prefix, "strace", "-D", "-f", "-ttt", "-e", `trace=${calls}`, "-o", trace],
      words: ["--pid", String(core.pid)],
    });
    await agent.statusWhen("the tool's first reading", ({ tool }) => tool.source === "tool");
    // The tool or the agent itself sees it first: whose tick comes before the other's.
    const criticalAt = Date.now() / 1000;
    view.set({ physicalPercent: 96 });
    await core.arrival();
    await agent.ended;

    const traced = readFileSync(trace, "utf8").split("\n").map(parseLine);
    const signals = traced.filter(({ text }) => /^(?:kill|tgkill|pidfd_send_signal)\(.*SIGUSR1/.test(text));
    expect(signals).toHaveLength(1);
    const signalAt = signals[0]?.at ?? Number.NaN;
    expect(signalAt).toBeGreaterThan(criticalAt);
    const between = traced.filter(({ at }) => at >= criticalAt && at <= signalAt);
    expect(between.filter(createsProcess)).toEqual([]);
    // The same look at the whole trace finds the start of the tool, so it would find another process.
    expect(traced.filter(createsProcess).length).toBeGreaterThan(0);
  },
);

interface TracedCall {
  at: number;
  text: string;
}

/** `PID SECONDS CALL`. */
function parseLine(line: string): TracedCall {
  const [, at = "0", text = ""] = /^\d+ +([\d.]+) (.*)$/.exec(line) ?? [];
  return { at: Number(at), text };
}

/** A thread of the same process is none. */
function createsProcess({ text }: TracedCall): boolean {
  return /^(?:clone3?|v?fork|execve(?:at)?)\(/.test(text) && !text.includes("CLONE_THREAD");
}
