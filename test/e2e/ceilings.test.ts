/** The ceilings of now: a limit that is set while nsomem runs, and a core in another container. Real cgroups. */

import { describe, expect } from "bun:test";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { endingOfTail } from "../../src/linux/dump-file.ts";
import { beamMissing, startBeam } from "../lab/beam.ts";
import { createMemoryCgroup, type MemoryCgroup, memoryCgroupMissing } from "../lab/memory-cgroup.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = memoryCgroupMissing() ?? beamMissing;

function makeGroup(limitMib: number): MemoryCgroup {
  const cgroup = createMemoryCgroup({ limitMib });
  scene.keep({ stop: cgroup.remove });
  return cgroup;
}

/** In `cgroup`, without a limit of its own; it is removed before that. */
function innerGroup({ dir, version }: MemoryCgroup): string {
  const inner = join(dir, "inner");
  if (version === 2) writeFileSync(join(dir, "cgroup.subtree_control"), "+memory");
  mkdirSync(inner);
  scene.keep({
    async stop() {
      const pids = () => readFileSync(join(inner, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
      for (const pid of pids()) process.kill(Number(pid), "SIGKILL");
      await until("the inner group to be empty", () => pids().length === 0);
      rmdirSync(inner);
    },
  });
  return inner;
}

testUnless(
  missing,
  "a limit that is set while nsomem runs leads to a rescue, and is not refuted by a measurement without it",
  async () => {
    const cgroup = makeGroup(8000);
    const runDir = join(scene.dir(), "run");
    const beam = scene.keep(await startBeam({ dir: runDir }));
    cgroup.add(beam.pid);
    await beam.grow({ mib: 200 });
    const agent = scene.agent({
      config: "[actions]\nwarning_phy = []\n",
      words: ["--pid", String(beam.pid)],
    });
    await agent.statusWhen("the outlook", ({ crash_dump: dump, memory }) =>
      Boolean(dump && memory.physical?.level === "normal"),
    );
    // 96 % of what it holds is in tables of the BEAM: nothing that the kernel could give back.
    cgroup.setLimit(Math.ceil(cgroup.usedMib() * 1.005));
    expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
    expect(endingOfTail(readFileSync(join(runDir, "erl_crash.dump"), "latin1").slice(-256))).toBe("complete");
    await agent.ended;
    expect(cgroup.oomKills()).toBe(0);
    const replay = await run([
      "replay",
      join(agent.home, "history.db"),
      "--home",
      agent.home,
      "--limits",
      "config",
    ]);
    expect(replay.stdout).toContain("crash-dump: run");
    const stats = await run(["stats", "--home", agent.home, "--json"]);
    const [first, second] = JSON.parse(stats.stdout).findings;
    expect(first).toMatchObject({
      tone: "critical",
      text: expect.stringMatching(/^Incident .* Crash dump complete/),
    });
    expect(second.text).toMatch(/^Physical memory was critical: .* % of cgroup:\//);
  },
  60_000,
);

describe("the ceilings of a core that is watched already", () => {
  async function watched(limitMib: number) {
    const cgroup = makeGroup(limitMib);
    const beam = scene.keep(await startBeam({ dir: join(scene.dir(), "run") }));
    await beam.grow({ mib: 200 });
    const agent = scene.agent({
      config: "[actions]\nwarning_phy = []\n",
      words: ["--pid", String(beam.pid)],
    });
    await agent.statusWhen("the outlook", ({ crash_dump: dump, memory }) =>
      Boolean(dump && memory.physical?.level === "normal"),
    );
    const rescued = async () => {
      expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
      await agent.ended;
      expect(cgroup.oomKills()).toBe(0);
      expect(agent.log("action.log")).not.toContain("not confirmed");
      expect(agent.log("action.log")).toContain("crash dump complete");
    };
    return { cgroup, beam, agent, rescued };
  }

  testUnless(
    missing,
    "are those of the group that it was moved into",
    async () => {
      const { cgroup, beam, rescued } = await watched(8000);
      // What it has stays charged where it was; with less than this in its new group it is not critical yet.
      cgroup.setLimit(64);
      cgroup.add(beam.pid);
      await beam.grow({ mib: 61 }).catch(() => undefined);
      await rescued();
    },
    60_000,
  );

  testUnless(
    missing,
    "are those of a group above it that gets a limit",
    async () => {
      const { cgroup, beam, rescued } = await watched(8000);
      const inner = innerGroup(cgroup);
      writeFileSync(join(inner, "cgroup.procs"), String(beam.pid));
      await beam.grow({ mib: 100 });
      cgroup.setLimit(Math.ceil(cgroup.usedMib() * 1.005));
      await rescued();
    },
    60_000,
  );

  testUnless(
    missing,
    "bind no more when they are lifted: NSO grows on, and is left alone",
    async () => {
      const { cgroup, beam, agent } = await watched(8000);
      cgroup.add(beam.pid);
      await beam.grow({ mib: 100 });
      cgroup.setLimit(Math.ceil(cgroup.usedMib() * 1.08));
      await agent.statusWhen("the limit", ({ memory }) => memory.physical?.level === "warning");
      cgroup.setLimit(8000);
      await beam.grow({ mib: 100 });
      const status = await agent.statusWhen(
        "normal memory",
        ({ memory }) => memory.physical?.level === "normal",
      );
      expect(status.memory.physical?.limit_kib).toBe(8000 * 1024);
      expect(beam.isRunning()).toBe(true);
      expect(agent.log("action.log")).not.toContain("SIGUSR1");
    },
    60_000,
  );
});

describe("nsomem in a container beside NSO's", () => {
  const missingHere = missing ?? missingCommand("unshare", "mount");

  /** Into the group first, then a namespace whose root that group is, then its own mount: as a container runtime does it. */
  function container({ dir, version }: MemoryCgroup, { mounts = true } = {}): string[] {
    const mount =
      version === 1
        ? "umount -l /sys/fs/cgroup/memory && mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory"
        : "umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup";
    const inside = mounts ? `unshare -C -m sh -c '${mount} && exec "$@"' sh "$@"` : '"$@"';
    return ["sh", "-c", `echo $$ > "${dir}/cgroup.procs" && exec ${inside}`, "sh"];
  }

  async function start(nsoOptions: { mounts: boolean }) {
    const [ours, theirs] = [makeGroup(600), makeGroup(700)];
    const prefix = container(theirs, nsoOptions);
    const beam = scene.keep(await startBeam({ dir: join(scene.dir(), "run"), prefix }));
    const agent = scene.agent({ prefix: container(ours), words: ["--pid", String(beam.pid)] });
    const status = await agent.statusWhen("a reading", ({ memory }) => memory.physical !== undefined);
    return { theirs, agent, status };
  }

  testUnless(missingHere, "measures NSO's limit, where NSO's own mounts show it", async () => {
    const { theirs, status } = await start({ mounts: true });
    expect(status.unknown?.cgroup).toBeUndefined();
    expect(status.memory.physical).toMatchObject({
      ceiling: `cgroup:/../${basename(theirs.dir)}`,
      limit_kib: 700 * 1024,
    });
  });

  testUnless(
    missingHere,
    "says that NSO's limit is unknown where nothing shows it, and uses the host's",
    async () => {
      const { theirs, status, agent } = await start({ mounts: false });
      const unknown = `the memory limits of NSO's cgroup /../${basename(theirs.dir)} cannot be seen from here`;
      expect(status.unknown?.cgroup).toBe(unknown);
      expect(status.memory.physical?.ceiling).toBe("host");
      expect(agent.log("agent.log")).toContain(unknown);
    },
  );
});
