/** A tool that dies, hangs, says nothing or says too much. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../e2e/agent.ts";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { mount, type World, writeExecutable } from "./world.ts";

async function toolPid(agent: Agent): Promise<number> {
  const { tool } = await agent.statusWhen("the tool runs", ({ tool }) => tool.state === "running");
  must(tool.pid, "the tool has no PID");
  return tool.pid;
}

const killed: Fault = {
  name: "tool-killed",
  done: "the tool is killed (SIGKILL) at critical",
  secondsMax: 30,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    process.kill(await toolPid(agent), "SIGKILL");
    const signalMs = await world.cross(core);
    return {
      seen: await world.told(/plot\.sh .*(ended|killed|SIGKILL).*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

function stopped(name: string, done: string, config: string, near: boolean, inSuite?: true): Fault {
  return {
    name,
    done,
    secondsMax: 40,
    ...(inSuite ? { inSuite } : {}),
    async stage(world) {
      const core = await world.core();
      const agent = await world.agent(core, {
        words: ["--wait"],
        config: `${config}[actions]\nwarning_phy = []\n`,
      });
      const pid = await toolPid(agent);
      if (!near) world.view.set({ physicalPercent: 10 });
      await Bun.sleep(1500);
      process.kill(pid, "SIGSTOP");
      const signalMs = await world.cross(core, 4000);
      must(signalMs <= 2100, `SIGUSR1 came only after ${signalMs.toFixed(0)} ms`);
      const seen = await world.told(/plot\.sh .*silent.*|crash-dump done:? .*/);
      const sinceMs = performance.now();
      await agent.stop();
      must(performance.now() - sinceMs < 2500, "stop takes longer than 2 s");
      return { seen, kept: await world.verdict(/./), signalMs };
    },
  };
}

const frozen: Fault = {
  name: "tool-frozen",
  done: "the tool can neither run nor be killed (frozen cgroup)",
  secondsMax: 40,
  needs: "freezer",
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    writeFileSync(join(world.cgroup, "cgroup.procs"), String(await toolPid(agent)));
    const freezer = join(world.cgroup, "freezer.state");
    world.finally(() => writeFileSync(freezer, "THAWED"));
    writeFileSync(freezer, "FROZEN");
    const signalMs = await world.cross(core);
    const seen = await world.told(/plot\.sh .*silent.*/);
    const sinceMs = performance.now();
    await agent.stop();
    must(performance.now() - sinceMs < 2500, "stop takes longer than 2 s");
    return { seen, kept: await world.verdict(/./), signalMs };
  },
};

const samplesOnly: Fault = {
  name: "tool-samples-only",
  done: "the tool still measures processes, but memory no more",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const line = `[SAMPLE] group=core pid=${core.pid} rss_kib=1000 allocated_kib=1000 children= name=ncs.smp`;
    const words = foreignTool(world, [
      'echo "$(date -Is) [MONITOR VERBOSE] [INFO] Physical Memory Usage 100000 KB/1000000 KB(10%) is within 90% of MemTotal"',
      `while :; do echo "$(date -Is) ${line}"; sleep 0.5; done`,
    ]);
    const agent = await world.agent(core, { words: ["--wait", ...words] });
    await Bun.sleep(2000);
    const signalMs = await world.cross(core, 5000);
    const seen = await world.told(/plot\.sh has said nothing about memory.*/, 20_000);
    must(agent.isRunning(), "the agent has ended");
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
};

const flood: Fault = {
  name: "tool-flood",
  done: "the tool writes 100,000 lines a second that are none of its own",
  secondsMax: 40,
  async stage(world) {
    const core = await world.core();
    const burst = "for _ in {1..1000}; do echo nothing of yours; done";
    const words = foreignTool(world, [`while :; do ${burst}; read -t 0.005 <> <(:); done`]);
    await world.agent(core, { words: ["--wait", ...words] });
    const signalMs = await world.cross(core, 8000);
    return {
      seen: await world.told(/plot\.sh has said nothing that is understood.*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const noNewline: Fault = {
  name: "tool-no-newline",
  done: "the tool writes 1 GB without a newline",
  secondsMax: 40,
  async stage(world) {
    const core = await world.core();
    const words = foreignTool(world, ["head -c 1G /dev/zero; sleep 60"]);
    const agent = await world.agent(core, { words: ["--wait", ...words] });
    const signalMs = await world.cross(core, 8000);
    const rssKib = Number(/VmHWM:\s+(\d+)/.exec(await Bun.file(`/proc/${agent.pid}/status`).text())?.[1]);
    must(rssKib < 200_000, `the agent took ${rssKib} KiB`);
    return {
      seen: await world.told(/plot\.sh has (been silent|said nothing).*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const directoryRemoved: Fault = {
  name: "tool-dir-removed",
  done: "a cleaner removes the unpacked tool, and the tool dies",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    const pid = await toolPid(agent);
    for (const name of readdirSync(world.home).filter((one) => one.startsWith("tool-")))
      rmSync(join(world.home, name), { recursive: true });
    process.kill(pid, "SIGKILL");
    await agent.statusWhen(
      "another tool",
      ({ tool }) => tool.state === "running" && tool.pid !== pid,
      15_000,
    );
    const signalMs = await world.cross(core);
    return {
      seen: await world.told(/plot\.sh .*(ended|killed|SIGKILL).*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const bashMissing: Fault = {
  name: "bash-missing",
  done: "there is no usable bash when it starts",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const noBash = join(world.dir, "no-bash");
    writeExecutable(noBash, "not a program");
    const bash = Bun.which("bash");
    must(bash, "no bash in PATH");
    mount(["--bind", noBash, bash]);
    const agent = await world.agent(core, { words: ["--wait"] });
    const { processes } = await agent.statusWhen(
      "the core is measured",
      (status) => status.processes.length > 0,
      8000,
    );
    must(processes[0]?.pid === core.pid, "another process is measured");
    const signalMs = await world.cross(core);
    return { seen: await world.told(/.*bash.*/), kept: await world.verdict(/complete/), signalMs };
  },
};

/** The words that make this the tool; its first line comes only when `text` writes it. */
function foreignTool({ dir }: World, text: readonly string[]): string[] {
  const tool = join(dir, "tool");
  mkdirSync(tool, { recursive: true });
  writeExecutable(join(tool, "plot.sh"), ["#!/bin/bash", ...text, ""].join("\n"));
  return ["--tool", tool];
}

export const toolFaults: readonly Fault[] = [
  killed,
  stopped("tool-stopped", "the tool is stopped (SIGSTOP) near the limit", "", true, true),
  stopped(
    "tool-stopped-far",
    "the tool is stopped far from the limit, at an interval of 5 s",
    '[tool]\ninterval_max = "5s"\n',
    false,
  ),
  frozen,
  samplesOnly,
  flood,
  noNewline,
  directoryRemoved,
  bashMissing,
];
