/** Real processes under a real memory limit: without help the OOM killer cuts the crash dump, with it the dump ends. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { summariseIncident } from "../../src/core/incident.ts";
import { endingOfTail } from "../../src/linux/dump-file.ts";
import { listIncidents, readIncident } from "../../src/record/incident-log.ts";
import { type Beam, beamMissing, startBeam } from "../lab/beam.ts";
import { type Grower, startGrower } from "../lab/grower.ts";
import { createMemoryCgroup, type MemoryCgroup, memoryCgroupMissing } from "../lab/memory-cgroup.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { jvmMissing, pythonMissing, startJvm, startPythonVm, type Vm } from "../lab/vm.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = memoryCgroupMissing() ?? beamMissing ?? nativeMissing ?? jvmMissing ?? pythonMissing;

/** All memory in MiB. The BEAM dumps its heap in some 10 s; the grower passes the limit in under 3 s of them. */
const limitMib = 1300;
const limitWithoutVmsMib = 1000;
const beamMib = 620;
const vmMib = 150;
const criticalPercent = 92;
const growthMib = 420;
const growthMibPerSecond = 60;
const runs = 5;

interface Stage {
  cgroup: MemoryCgroup;
  beam: Beam;
  vms: Vm[];
  grower: Grower;
  runDir: string;
}

/** A BEAM, a JVM and a Python VM (or none) that hold their memory, and a grower that waits, all under one limit. */
async function setStage({ withVms = true } = {}): Promise<Stage> {
  const cgroup = createMemoryCgroup({ limitMib: withVms ? limitMib : limitWithoutVmsMib });
  scene.keep({ stop: cgroup.remove });
  const runDir = join(scene.dir(), "run");
  const beam = scene.keep(await startBeam({ dir: runDir }));
  const vms = withVms
    ? [
        scene.keep(await startJvm({ heapMib: 4 * vmMib })),
        scene.keep(await startPythonVm({ name: "bgworker" })),
      ]
    : [];
  const grower = scene.keep(await startGrower({ boundSeconds: 90 }));
  for (const { pid } of [beam, ...vms, grower]) cgroup.add(pid);
  await beam.grow({ mib: beamMib, mibPerSecond: 2000, holding: "heap" });
  for (const vm of vms) await vm.hold(vmMib);
  expect(cgroup.usedMib()).toBeLessThan((limitMib * criticalPercent) / 100);
  return { cgroup, beam, vms, grower, runDir };
}

function dumpEnding(runDir: string): string {
  return endingOfTail(readFileSync(join(runDir, "erl_crash.dump"), "latin1").slice(-256));
}

describe("a crash dump of 620 MiB while another process grows over the limit", () => {
  for (let index = 1; index <= runs; index++) {
    testUnless(
      missing,
      `control ${index} of ${runs}: with SIGUSR1 alone the OOM killer takes the BEAM and its dump is cut`,
      async () => {
        const { cgroup, beam, grower, runDir } = await setStage();
        grower.grow({ mibPerSecond: growthMibPerSecond, capMib: growthMib }).catch(() => undefined);
        const criticalMib = (limitMib * criticalPercent) / 100;
        await until("the critical level", () => cgroup.usedMib() >= criticalMib);
        process.kill(beam.pid, "SIGUSR1");
        expect(await beam.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
        expect(cgroup.oomKills()).toBeGreaterThanOrEqual(1);
        expect(dumpEnding(runDir)).toBe("cut");
      },
      60_000,
    );
  }

  for (let index = 1; index <= runs; index++) {
    testUnless(
      missing,
      `with nsomem ${index} of ${runs}: the VMs make room and the dump is whole`,
      async () => {
        const { cgroup, beam, vms, grower, runDir } = await setStage();
        const agent = scene.agent({
          config: `[physical]\nwarning_percent = 91\ncritical_percent = ${criticalPercent}\n[actions]\nwarning_phy = []\n`,
          words: ["--pid", String(beam.pid)],
        });
        const before = await agent.statusWhen("the cgroup", ({ crash_dump: dump, memory }) =>
          Boolean(dump && memory.physical),
        );
        expect(before.memory.physical?.ceiling).toBe(
          `cgroup:${cgroup.dir.replace(/^\/sys\/fs\/cgroup(\/memory|\/unified)?(?=\/)/, "")}`,
        );
        grower.grow({ mibPerSecond: growthMibPerSecond, capMib: growthMib }).catch(() => undefined);
        expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
        expect(dumpEnding(runDir)).toBe("complete");
        await agent.ended;
        const incidents = join(scene.dir(), "home/incidents");
        const id = listIncidents(incidents)[0] ?? "";
        const { steps } = readIncident(incidents, id) ?? { steps: [] };
        expect(summariseIncident(id, steps)).toMatchObject({ state: "finished", verdict: "complete" });
        expect(steps.map(({ step }) => step)).toContain("shed");
        expect(vms.map((vm) => vm.isRunning())).toEqual([false, false]);
      },
      90_000,
    );
  }
});

describe("what helps, one by one", () => {
  async function rescue(stage: Stage, crashDump: string) {
    const { beam, grower } = stage;
    const agent = scene.agent({
      config: `[physical]\nwarning_percent = 91\ncritical_percent = ${criticalPercent}\n[actions]\nwarning_phy = []\n[crash_dump]\n${crashDump}\n`,
      words: ["--pid", String(beam.pid)],
    });
    await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
    grower.grow({ mibPerSecond: growthMibPerSecond, capMib: growthMib }).catch(() => undefined);
    const end = await beam.exited;
    await agent.ended;
    const incidents = join(scene.dir(), "home/incidents");
    const id = listIncidents(incidents)[0] ?? "";
    return { end, summary: summariseIncident(id, readIncident(incidents, id)?.steps ?? []) };
  }

  testUnless(
    missing,
    "the shield alone: the OOM killer takes the VMs, and the dump is whole",
    async () => {
      const stage = await setStage();
      const { end, summary } = await rescue(stage, 'shed = "never"');
      expect(end).toEqual({ exitCode: 1, signal: null });
      expect(summary.verdict).toBe("complete");
      expect(stage.cgroup.oomKills()).toBeGreaterThanOrEqual(1);
      const ends = await Promise.all(
        stage.vms.filter((vm) => !vm.isRunning()).map(async (vm) => (await vm.exited).signal),
      );
      expect(ends).toContain("SIGKILL");
    },
    90_000,
  );

  testUnless(
    missing,
    "nothing: with no VM to give way the dump is cut, and the verdict names the OOM killer",
    async () => {
      const { end, summary } = await rescue(await setStage({ withVms: false }), "");
      expect(end).toEqual({ exitCode: null, signal: "SIGKILL" });
      expect(summary.verdict).toBe("cut");
      expect(summary.sentence).toContain("the OOM killer struck");
    },
    60_000,
  );
});

describe("the ceiling that binds", () => {
  testUnless(
    missing ?? missingCommand("unshare", "mount"),
    "is named from inside a cgroup namespace too",
    async () => {
      const cgroup = createMemoryCgroup({ limitMib: 700 });
      scene.keep({ stop: cgroup.remove });
      const beam = scene.keep(await startBeam({ dir: join(scene.dir(), "run") }));
      cgroup.add(beam.pid);
      await beam.grow({ mib: 100 });
      const mount =
        cgroup.version === 1
          ? "umount -l /sys/fs/cgroup/memory && mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory"
          : "umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup";
      // As a container runtime does it: into the group first, then a namespace whose root that group is.
      const enter = `echo $$ > "${cgroup.dir}/cgroup.procs" && exec unshare -C -m sh -c '${mount} && exec "$@"' sh "$@"`;
      const agent = scene.agent({ prefix: ["sh", "-c", enter, "sh"], words: ["--pid", String(beam.pid)] });
      const status = await agent.statusWhen("a reading", ({ memory }) => memory.physical !== undefined);
      expect(status.memory.physical).toMatchObject({ ceiling: "cgroup:/", limit_kib: 700 * 1024 });
      expect(status.memory.physical?.used_kib).toBeGreaterThan(100 * 1024);
    },
  );
});
