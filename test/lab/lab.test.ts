import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classify, confFileOf } from "../../src/core/nso.ts";
import { identify, readArgv, readStat } from "../../src/linux/procfs.ts";
import { beamMissing, startBeam } from "./beam.ts";
import { startCore } from "./core.ts";
import { startGrower } from "./grower.ts";
import { createMemoryCgroup, memoryCgroupMissing } from "./memory-cgroup.ts";
import { testUnless } from "./missing.ts";
import { nativeMissing } from "./native.ts";
import { writeNcsCommand } from "./ncs-command.ts";
import { overcommitMissing, readOvercommit, withOvercommit } from "./overcommit.ts";
import { until } from "./part.ts";
import { jvmMissing, pythonMissing, startJvm, startPythonVm } from "./vm.ts";
import { startWatcher } from "./watcher.ts";

const dir = mkdtempSync(join(tmpdir(), "nsomem-lab-"));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

function held<T extends { stop(): Promise<void> }>(part: T): T {
  stops.push(part.stop);
  return part;
}

const identityOf = (pid: number) => classify(readArgv("/proc", pid) ?? []);
const rssMib = (pid: number) =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

describe("the BEAM", () => {
  testUnless(beamMissing, "is an NSO core by its command line", async () => {
    const beam = held(await startBeam({ dir, conffile: "/tmp/lab/ncs.conf" }));
    expect(identityOf(beam.pid)).toEqual({ group: "core", name: "ncs.smp" });
    expect(confFileOf(readArgv("/proc", beam.pid) ?? [])).toBe("/tmp/lab/ncs.conf");
  });

  testUnless(beamMissing, "really holds the memory it was told to take", async () => {
    const beam = held(await startBeam({ dir }));
    const before = rssMib(beam.pid);
    await beam.grow({ mib: 64 });
    expect(rssMib(beam.pid) - before).toBeGreaterThanOrEqual(60);
  });

  testUnless(beamMissing, "writes a crash dump with an end mark on SIGUSR1 and exits with 1", async () => {
    const beam = held(await startBeam({ dir }));
    process.kill(beam.pid, "SIGUSR1");
    expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
    expect(readFileSync(join(dir, "erl_crash.dump"), "utf8")).toEndWith("=end\n");
  });
});

describe("the VMs", () => {
  testUnless(jvmMissing, "the JVM is NSO's by its command line and holds memory", async () => {
    const jvm = held(await startJvm());
    const before = rssMib(jvm.pid);
    await jvm.hold(64);
    expect(identityOf(jvm.pid)).toEqual({ group: "javavm", name: "NcsJVMLauncher" });
    expect(rssMib(jvm.pid) - before).toBeGreaterThanOrEqual(60);
  });

  testUnless(
    pythonMissing,
    "a Python VM is NSO's by its command line, its children by their parent",
    async () => {
      const vm = held(await startPythonVm({ name: "bgworker", children: 2 }));
      expect(identityOf(vm.pid)).toEqual({ group: "pythonvm", name: "bgworker" });
      expect(vm.children.map((child) => readStat("/proc", child)?.ppid)).toEqual([vm.pid, vm.pid]);
    },
  );

  testUnless(pythonMissing, "spawned children say so in their command line", async () => {
    const vm = held(await startPythonVm({ name: "spawner", children: 1, childMethod: "spawn" }));
    const words = () => readArgv("/proc", vm.children[0] ?? 0);
    // A child that was just made has its parent's command line, or none, until it has become Python.
    await until("its command line", () => words()?.includes("--multiprocessing-fork"));
  });

  testUnless(pythonMissing, "stopping a Python VM ends its children too", async () => {
    const vm = await startPythonVm({ name: "bgworker", children: 1 });
    await vm.stop();
    await until("its child to end", () => identify("/proc", vm.children[0] ?? 0) === undefined);
  });
});

describe("the native parts", () => {
  testUnless(nativeMissing, "the core tells when SIGUSR1 arrived and from whom", async () => {
    const core = held(await startCore());
    expect(identityOf(core.pid)).toEqual({ group: "core", name: "ncs.smp" });
    const sentMs = Date.now();
    process.kill(core.pid, "SIGUSR1");
    const arrival = await core.arrival();
    expect(arrival).toMatchObject({ signal: "SIGUSR1", senderPid: process.pid });
    expect(Math.abs(Number(arrival.atNs / 1_000_000n) - sentMs)).toBeLessThan(1000);
    expect((await core.exited).exitCode).toBe(1);
  });

  testUnless(nativeMissing, "the grower holds what it took and gives it back", async () => {
    const grower = held(await startGrower({ boundSeconds: 30 }));
    await grower.grow({ mibPerSecond: 1000, capMib: 50 });
    expect(rssMib(grower.pid)).toBeGreaterThanOrEqual(50);
    await grower.release();
    expect(rssMib(grower.pid)).toBeLessThan(20);
  });

  testUnless(nativeMissing, "the watcher sees a limit that is reached, and none that is not", async () => {
    const reached = held(await startWatcher({ limitPercent: 0.01 }));
    expect((await reached.crossed()).usedKib).toBeGreaterThan(0);
    const toStay = held(await startWatcher({ limitPercent: 0.01, holdMs: 50 }));
    const { atNs, firstNs } = await toStay.crossed();
    expect(atNs).toBe(firstNs);
    const notReached = held(await startWatcher({ limitPercent: 100 }));
    await expect(notReached.crossed(100)).rejects.toThrow("in vain");
  });
});

describe("the ncs command", () => {
  const ncs = writeNcsCommand(join(dir, "bin"));
  const run = (file: string) => Bun.spawnSync([ncs.path, "--debug-dump", join(dir, file)]).exitCode;

  test("writes a dump and notes the call", () => {
    expect(run("ok.bin")).toBe(0);
    expect(readFileSync(join(dir, "ok.bin"), "utf8")).toContain("stand-in");
    expect(ncs.calls()).toContain(`--debug-dump ${join(dir, "ok.bin")}`);
  });

  test("exits as ncs does where NSO cannot be reached, or the collection takes too long", () => {
    ncs.behave("unreachable");
    expect(run("none.bin")).toBe(2);
    ncs.behave("timeout");
    expect(run("none.bin")).toBe(3);
  });
});

describe("the host", () => {
  testUnless(overcommitMissing(), "the overcommit mode is put back when the test fails", async () => {
    const before = readOvercommit();
    const failing = withOvercommit({ mode: 1, ratio: before.ratio }, async () => {
      expect(readOvercommit().mode).toBe(1);
      throw new Error("as a failing test does");
    });
    await expect(failing).rejects.toThrow("as a failing test does");
    expect(readOvercommit()).toEqual(before);
  });

  testUnless(
    memoryCgroupMissing(),
    "a memory cgroup ends what grows over its limit, and is removed",
    async () => {
      const cgroup = createMemoryCgroup({ limitMib: 64 });
      try {
        const grower = held(await startGrower({ boundSeconds: 30 }));
        cgroup.add(grower.pid);
        const growing = grower.grow({ mibPerSecond: 1000, capMib: 200 });
        growing.catch(() => undefined);
        expect((await grower.exited).signal).toBe("SIGKILL");
        expect(cgroup.oomKills()).toBe(1);
      } finally {
        await cgroup.remove();
      }
    },
  );
});
