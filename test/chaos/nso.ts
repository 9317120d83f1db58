/** NSO restarts, hangs, is a zombie, or is there twice. */

import { join } from "node:path";
import { coreArguments, coreExecutable } from "../lab/command-line.ts";
import { nativeProgram } from "../lab/native.ts";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { system } from "./world.ts";

const restarted: Fault = {
  name: "nso-restarts",
  done: "NSO is killed and started again five times",
  secondsMax: 60,
  inSuite: true,
  async stage(world) {
    let core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    for (let turn = 0; turn < 5; turn++) {
      await core.stop();
      core = await world.core();
      const { pid } = core;
      await agent.statusWhen("the new core is followed", ({ nso }) => nso?.pid === pid, 9000);
    }
    const seen = await world.told(/NSO core \(PID \d+\) has ended; waiting for it to come back/);
    const signalMs = await world.cross(core);
    return { seen, kept: await world.verdict(/complete/), signalMs };
  },
};

const zombie: Fault = {
  name: "nso-zombie",
  done: "NSO is dead, but nobody reaps it",
  secondsMax: 40,
  async stage(world) {
    // A parent that never waits for it.
    const words = coreArguments();
    const parent =
      'my $p = fork; if (!$p) { my $f = shift; exec {$f} @ARGV } $| = 1; print "$p\\n"; sleep 300';
    const child = Bun.spawn(["perl", "-e", parent, nativeProgram("core"), coreExecutable, ...words], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const first = await child.stdout.getReader().read();
    const pid = Number(/^(\d+)$/m.exec(new TextDecoder().decode(first.value))?.[1]);
    must(pid > 0, "no core was started");
    await Bun.sleep(300);
    const agent = await world.agent({ pid } as never, { words: ["--wait"] });
    process.kill(pid, "SIGKILL");
    await agent.statusWhen("the core counts as gone", ({ nso }) => nso === null, 5000);
    world.view.set({ physicalPercent: 96 });
    await Bun.sleep(1500);
    must(agent.isRunning(), "the agent has ended");
    return {
      seen: await world.told(/NSO core \(PID \d+\) has ended.*/),
      kept: "the history",
      signalMs: null,
    };
  },
};

const stopped: Fault = {
  name: "nso-stopped",
  done: "NSO is stopped (SIGSTOP) at critical, and goes on 2 s later",
  secondsMax: 40,
  async stage(world) {
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    process.kill(core.pid, "SIGSTOP");
    const arrival = world.cross(core, 5000);
    await Bun.sleep(2000);
    process.kill(core.pid, "SIGCONT");
    const signalMs = await arrival;
    return {
      seen: await world.told(/crash-dump done:? .*/),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

const twice: Fault = {
  name: "nso-two",
  done: "two cores run, and none is named",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const [one, two] = [await world.core(), await world.core({ conffile: "/etc/other/ncs.conf" })];
    const started = await world.command(["start", "--daemon"]);
    must(started.exitCode === 4, `start ends with ${started.exitCode}: ${started.stdout}${started.stderr}`);
    must(one.isRunning() && two.isRunning(), "a core has ended");
    return { seen: started.stderr, kept: "both cores", signalMs: null };
  },
};

const fifo: Fault = {
  name: "config-fifo",
  done: "the configuration is a FIFO when it is read again",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    const path = join(world.home, "nsomem.toml");
    system(["rm", path]);
    system(["mkfifo", path]);
    agent.signal("SIGHUP");
    await Bun.sleep(500);
    const signalMs = await world.cross(core);
    return {
      seen: await world.told(/.*nsomem\.toml.*(FIFO|regular file|not a).*/i),
      kept: await world.verdict(/complete/),
      signalMs,
    };
  },
};

export const nsoFaults: readonly Fault[] = [restarted, zombie, stopped, twice, fifo];
