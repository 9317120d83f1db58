/** Descriptors and processes that run out. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nsomem, plainEnvironment } from "../e2e/binary.ts";
import { until } from "../lab/part.ts";
import { Broken, must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { system, textOf } from "./world.ts";

const noDescriptor: Fault = {
  name: "descriptors-none",
  done: "no descriptor is left (EMFILE) at critical, for 8 s",
  secondsMax: 50,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1500);
    system(["prlimit", "--nofile=3:4096", "--pid", String(agent.pid)]);
    await Bun.sleep(4000);
    const signalMs = await world.cross(core);
    await Bun.sleep(4000);
    const logBytes = textOf(join(world.home, "logs", "agent.log")).length;
    must(logBytes < 100_000, `agent.log grew to ${logBytes} bytes`);
    system(["prlimit", "--nofile=4096:4096", "--pid", String(agent.pid)]);
    must(agent.isRunning(), "the agent has ended");
    return {
      seen: await world.told(/.*(EMFILE|descriptor|too many open files).*/i),
      kept: await world.verdict(/complete/, 15_000),
      signalMs,
    };
  },
};

const oneDescriptor: Fault = {
  name: "descriptors-one",
  done: "one descriptor is left at critical",
  secondsMax: 50,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1500);
    const open = system(["ls", `/proc/${agent.pid}/fd`])
      .trim()
      .split("\n")
      .map(Number);
    let free = 3;
    while (open.includes(free)) free++;
    system(["prlimit", `--nofile=${free + 1}:4096`, "--pid", String(agent.pid)]);
    await Bun.sleep(2000);
    const signalMs = await world.cross(core);
    await Bun.sleep(1000);
    system(["prlimit", "--nofile=4096:4096", "--pid", String(agent.pid)]);
    return {
      seen: await world.told(/crash-dump done:? .*/),
      kept: await world.verdict(/complete/, 15_000),
      signalMs,
    };
  },
};

const noProcess: Fault = {
  name: "processes-none",
  done: "no process and no thread can be made (`pids.max`), and the tool dies",
  secondsMax: 50,
  inSuite: true,
  needs: "pids",
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, {
      words: ["--wait"],
      prefix: ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', world.cgroup],
    });
    const { tool } = await agent.statusWhen("the tool runs", (status) => status.tool.state === "running");
    await Bun.sleep(4000);
    process.kill(tool.pid ?? 0, "SIGKILL");
    await Bun.sleep(50);
    writeFileSync(join(world.cgroup, "pids.max"), "1");
    await Bun.sleep(3000);
    if (!agent.isRunning()) throw new Broken(`the agent has ended: ${(await agent.ended).output}`);
    const seen = await world.told(/.*plot\.sh.*(EAGAIN|temporarily unavailable|cannot).*/i);
    const signalMs = await world.cross(core);
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
};

const noThreadAtStart: Fault = {
  name: "processes-start",
  done: "it is started where no thread can be made",
  secondsMax: 40,
  inSuite: true,
  needs: "pids",
  async stage(world) {
    const core = await world.core();
    // Below three tasks the runtime ends before nsomem begins.
    let seen = "";
    for (const allowed of [3, 4, 6, 8]) {
      writeFileSync(join(world.cgroup, "pids.max"), String(allowed));
      const script = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
      const words = [nsomem, "start", "--home", world.home, "--pid", String(core.pid)];
      const child = Bun.spawn(["sh", "-c", script, world.cgroup, ...words], {
        env: plainEnvironment,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 1500,
      });
      const output = (
        await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      ).join("");
      await child.exited;
      must(
        !/crash report|bun\.report|panic/i.test(output),
        `with ${allowed} the runtime crashes: ${output.slice(0, 300)}`,
      );
      if (child.exitCode !== 0 && child.signalCode === null) seen ||= output.trim().split("\n").at(-1) ?? "";
      for (const pid of readFileSync(join(world.cgroup, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {}
      await Bun.sleep(100);
    }
    must(seen !== "", "nothing is said");
    return { seen, kept: "nothing", signalMs: null };
  },
};

const manyProcesses: Fault = {
  name: "processes-5000",
  done: "5,000 other processes",
  secondsMax: 60,
  async stage(world) {
    const many = "my @p; for (1..5000) { my $p = fork; if (!$p) { sleep 300; exit } } sleep 300";
    Bun.spawn(["perl", "-e", many], { stdio: ["ignore", "ignore", "ignore"] });
    await until("5,000 processes", () => Number(textOf("/proc/loadavg").split(/[ /]/)[4]) >= 5000, 20_000);
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    world.view.set({ physicalPercent: 10 });
    // A host of 20 GB, where one look a second is enough.
    const small = readFileSync(world.view.meminfo, "utf8");
    const large = small.replace(/(\d+) kB/g, (_, kib) => `${Number(kib) * 20} kB`);
    writeFileSync(world.view.meminfo, large);
    await Bun.sleep(8000);
    const { tool: running } = await agent.statusWhen("the tool runs", ({ tool }) => tool.state === "running");
    const pids = [agent.pid, running.pid ?? 0];
    const before = pids.map(cpuTicks);
    await Bun.sleep(20_000);
    const [own = 0, tool = 0] = pids.map((pid, index) => (cpuTicks(pid) - (before[index] ?? 0)) / 20);
    writeFileSync(world.view.meminfo, small);
    world.view.set({ physicalPercent: 94.5 });
    await Bun.sleep(1000);
    const signalMs = await world.cross(core);
    must(own + tool <= 2, `agent and tool take ${own.toFixed(2)} + ${tool.toFixed(2)} % of a core`);
    const seen = `agent and tool take ${own.toFixed(2)} + ${tool.toFixed(2)} % of a core`;
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
};

/** User and system time in hundredths of a second. */
function cpuTicks(pid: number): number {
  const fields = textOf(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

export const limitFaults: readonly Fault[] = [
  noDescriptor,
  oneDescriptor,
  noProcess,
  noThreadAtStart,
  manyProcesses,
];
