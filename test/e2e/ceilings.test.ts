/** The ceilings of now: a limit that is set while nsomem runs, and a core in another container. Real cgroups. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { endingOfTail } from "../../src/linux/dump-file.ts";
import { beamMissing, startBeam } from "../lab/beam.ts";
import { createMemoryCgroup, type MemoryCgroup, memoryCgroupMissing } from "../lab/memory-cgroup.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = memoryCgroupMissing() ?? beamMissing;

function makeGroup(limitMib: number): MemoryCgroup {
  const cgroup = createMemoryCgroup({ limitMib });
  scene.keep({ stop: cgroup.remove });
  return cgroup;
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
