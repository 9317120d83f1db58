/** Disks that are full, slow, read-only, frozen or gone. */

import { readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./broken.ts";
import type { Fault } from "./fault.ts";
import { fill, mount, system, type World } from "./world.ts";

/** An ext4 of its own below --home. */
function mountImage({ dir, home }: World): void {
  const image = join(dir, "image");
  system(["truncate", "-s", "64m", image]);
  system(["mkfs.ext4", "-q", image]);
  mount(["-o", "loop", image, home]);
}

const mountTmpfs = ({ home }: World, options: string) => mount(["-t", "tmpfs", "-o", options, "tmpfs", home]);

function takeInodes({ home }: World): void {
  for (let number = 0; ; number++)
    try {
      writeFileSync(join(home, `taken-${number}`), "");
    } catch {
      return;
    }
}

function giveBack({ home }: World): void {
  for (const name of readdirSync(home)) if (/^(filler|taken)/.test(name)) unlinkSync(join(home, name));
}

const complete = /complete/;

const baseline: Fault = {
  name: "baseline",
  done: "nothing",
  secondsMax: 20,
  async stage(world) {
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    const signalMs = await world.cross(core);
    return { seen: await world.told(/crash-dump done:? .*/), kept: await world.verdict(complete), signalMs };
  },
};

const frozen: Fault = {
  name: "disk-frozen",
  done: "the file system of its files is frozen (`fsfreeze`)",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    mountImage(world);
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1500);
    // A frozen file system outlives the namespace that it is mounted in.
    let isFrozen = true;
    const thaw = () => {
      if (isFrozen) system(["fsfreeze", "-u", world.home]);
      isFrozen = false;
    };
    system(["fsfreeze", "-f", world.home]);
    world.finally(thaw);
    await Bun.sleep(300);
    const signalMs = await world.cross(core);
    await Bun.sleep(6000);
    const seen = await world.told(/This is .* old: .*/);
    thaw();
    return { seen, kept: await world.verdict(complete), signalMs };
  },
};

const saturated: Fault = {
  name: "disk-saturated",
  done: "four writers saturate the disk of its files",
  secondsMax: 60,
  async stage(world) {
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    const writers = ["oflag=direct", "conv=fsync", "oflag=direct", "conv=fsync"].map((flag, index) => {
      const file = join(world.dir, `load-${index}`);
      const loop = `while :; do dd if=/dev/zero of=${file} bs=4M count=60 ${flag} 2>/dev/null; done`;
      return Bun.spawn(["bash", "-c", loop], { stdio: ["ignore", "ignore", "ignore"], detached: true });
    });
    await Bun.sleep(4000);
    const signalMs = await world.cross(core);
    for (const { pid } of writers) process.kill(-pid, "SIGKILL");
    return {
      seen: await world.told(/crash-dump done:? .*/, 20_000),
      kept: await world.verdict(complete),
      signalMs,
    };
  },
};

const fullAtStart: Fault = {
  name: "disk-full-start",
  done: "no block is free when it starts",
  secondsMax: 30,
  inSuite: true,
  async stage(world) {
    mountTmpfs(world, "size=1m");
    fill(world.home);
    return await startedWithout(world);
  },
};

const noInodeAtStart: Fault = {
  name: "disk-inodes-start",
  done: "no inode is free when it starts",
  secondsMax: 30,
  async stage(world) {
    mountTmpfs(world, "size=10m,nr_inodes=9");
    takeInodes(world);
    return await startedWithout(world);
  },
};

const readOnlyAtStart: Fault = {
  name: "disk-readonly-start",
  done: "the file system of its files is read-only when it starts",
  secondsMax: 30,
  async stage(world) {
    mountTmpfs(world, "size=10m,ro");
    return await startedWithout(world);
  },
};

/** Nothing can be written below --home: it starts, says so, and acts all the same. */
async function startedWithout(world: World) {
  const core = await world.core();
  const config = join(world.dir, "nsomem.toml");
  writeFileSync(config, world.config());
  const started = await world.command([
    "start",
    "--daemon",
    "--wait",
    "--config",
    config,
    "--pid",
    String(core.pid),
  ]);
  must(started.exitCode === 0, `start ends with ${started.exitCode}: ${started.stderr}`);
  const signalMs = await world.cross(core);
  const seen = (started.stdout + started.stderr)
    .split("\n")
    .find((line) => /cannot|full|space|read-only/.test(line));
  return { seen: seen ?? "that it is running", kept: "nothing: it is in memory only", signalMs };
}

const fullAtIncident: Fault = {
  name: "disk-full-incident",
  done: "no block is free at critical; room returns 3 s later",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    mountTmpfs(world, "size=3m");
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1000);
    fill(world.home);
    const signalMs = await world.cross(core);
    const seen = await world.told(/This is .* old: .*|problem: .*/);
    await Bun.sleep(3000);
    giveBack(world);
    return { seen, kept: await world.verdict(complete, 15_000), signalMs };
  },
};

const noInodeAtIncident: Fault = {
  name: "disk-inodes-incident",
  done: "no inode is free at critical",
  secondsMax: 40,
  async stage(world) {
    mountTmpfs(world, "size=20m,nr_inodes=60");
    const core = await world.core();
    await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1000);
    takeInodes(world);
    const signalMs = await world.cross(core);
    const seen = await world.told(/This is .* old: .*|problem: .*/);
    await Bun.sleep(2000);
    giveBack(world);
    return { seen, kept: await world.verdict(complete, 15_000), signalMs };
  },
};

const readOnly: Fault = {
  name: "disk-readonly",
  done: "the file system of its files becomes read-only, as after an I/O error",
  secondsMax: 40,
  async stage(world) {
    mountImage(world);
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1000);
    mount(["-o", "remount,abort", world.home]);
    await Bun.sleep(1000);
    const signalMs = await world.cross(core);
    await Bun.sleep(6000);
    must(agent.isRunning(), "the agent has ended");
    return {
      seen: await world.told(/This is .* old: .*/),
      kept: "what was written before; the crash dump",
      signalMs,
    };
  },
};

const homeRemoved: Fault = {
  name: "home-removed",
  done: "its whole directory is removed while it runs",
  secondsMax: 40,
  inSuite: true,
  async stage(world) {
    const core = await world.core();
    const agent = await world.agent(core, { words: ["--wait"] });
    await Bun.sleep(1000);
    rmSync(world.home, { recursive: true });
    await Bun.sleep(3000);
    const seen = await world.told(/(problem: |\S+ )?.*(is gone|taken away|removed|made anew).*/);
    const signalMs = await world.cross(core);
    must(agent.isRunning(), "the agent has ended");
    return { seen, kept: await world.verdict(complete), signalMs };
  },
};

export const diskFaults: readonly Fault[] = [
  baseline,
  saturated,
  frozen,
  fullAtStart,
  noInodeAtStart,
  readOnlyAtStart,
  fullAtIncident,
  noInodeAtIncident,
  readOnly,
  homeRemoved,
];
