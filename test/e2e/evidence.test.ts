/** The grower's own evidence, in the compiled binary: by the agent at a warning, and by hand. */

import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { identify, listPids, readArgv, readStat } from "../../src/linux/procfs.ts";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { type Part, startPart, until } from "../lab/part.ts";
import { asUser, usersMissing } from "../lab/users.ts";
import { jvmClasses, jvmMissing, pythonMissing, startJvm, startPythonVm, type Vm } from "../lab/vm.ts";
import { actingMissing, startActing, writeScript } from "./acting.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const evidenceOnly = '[actions]\nwarning_phy = ["evidence"]\n';

/** The action as the status has it once it has ended. */
async function evidenceOf({ agent }: Awaited<ReturnType<typeof startActing>>) {
  const status = await agent.statusWhen("the evidence", ({ actions }) =>
    actions.some(({ action, outcome }) => action === "evidence" && outcome !== "running"),
  );
  const action = status.actions.find((one) => one.action === "evidence");
  if (!action) throw new Error("no evidence in the status");
  return action;
}

const evidenceProcesses = () =>
  listPids("/proc").filter((pid) => readArgv("/proc", pid)?.includes("evidence-host"));

async function startLeakingJvm(): Promise<Vm> {
  const jvm = scene.keep(await startJvm({ heapMib: 512 }));
  return jvm;
}

describe("at a warning", () => {
  testUnless(
    actingMissing ?? jvmMissing,
    "the JVM that grew tells its heap, its classes and its threads, and the incident says so in a sentence",
    async () => {
      const jvm = await startLeakingJvm();
      const acting = await startActing(scene, { config: evidenceOnly });
      await acting.agent.statusWhen("the JVM", ({ processes }) =>
        processes.some(({ pid }) => pid === jvm.pid),
      );
      await jvm.ask("routes 400000");
      acting.view.set({ physicalPercent: 91 });
      const action = await evidenceOf(acting);
      expect(action).toMatchObject({ outcome: "done", level: "warning" });
      expect(action.message).toMatch(
        /^JavaVM NcsJVMLauncher \(PID \d+, it grew by \S+ MiB in .*\): JVM heap \S+ MiB of 512 MiB; top classes long\[\] \S+ MiB/,
      );
      const [dir] = action.files.map((file) => join(file, ".."));
      expect(readdirSync(dir ?? "").sort()).toEqual([
        ...["evidence.json", "jvm-classes.txt", "jvm-heap-info.txt", "jvm-heap.txt", "jvm-threads.txt"],
        ...["process.txt", "threads.txt"],
      ]);
      for (const file of action.files) expect(statSync(file).mode & 0o777).toBe(0o600);
      const { stdout } = await run(["incidents", "show", "latest", "--home", acting.home]);
      expect(stdout).toContain("JVM heap");
      expect(evidenceProcesses()).toEqual([]);
    },
  );

  testUnless(
    actingMissing ?? pythonMissing,
    "the Python VM that grew tells its types, and lives on",
    async () => {
      const vms = [];
      for (const name of ["bgworker", "l3vpn"]) vms.push(scene.keep(await startPythonVm({ name })));
      const acting = await startActing(scene, { config: evidenceOnly });
      const pids = vms.map(({ pid }) => pid);
      await acting.agent.statusWhen(
        "the Python VMs",
        ({ processes }) => processes.filter(({ pid }) => pids.includes(pid)).length === 2,
      );
      await vms[1]?.ask("nodes 100000");
      acting.view.set({ physicalPercent: 91 });
      const { message } = await evidenceOf(acting);
      expect(message).toMatch(/^Python VM l3vpn \(PID \d+, it grew by .*top types .*str \S+ MiB/);
      expect(vms.every((vm) => vm.isRunning())).toBe(true);
    },
  );

  testUnless(actingMissing, "the core has its threads and its own status", async () => {
    const acting = await startActing(scene, { config: evidenceOnly });
    acting.view.set({ physicalPercent: 91 });
    const { outcome, message, files } = await evidenceOf(acting);
    expect(message).toMatch(/^core ncs.smp \(PID \d+/);
    expect(outcome).toBe("done");
    const status = files.find((file) => file.endsWith("ncs-status.txt"));
    expect(readFileSync(status ?? "", "utf8")).toContain("lab stand-in");
  });
});

describe("when memory is critical", () => {
  testUnless(
    actingMissing ?? jvmMissing,
    "evidence that is being taken ends, and what it has taken stays",
    async () => {
      const jvm = await startLeakingJvm();
      const acting = await startActing(scene, { config: evidenceOnly });
      await acting.agent.statusWhen("the JVM", ({ processes }) =>
        processes.some(({ pid }) => pid === jvm.pid),
      );
      await jvm.ask("routes 200000");
      // It answers nobody any more, so that its evidence would take a while.
      process.kill(jvm.pid, "SIGSTOP");
      acting.view.set({ physicalPercent: 91 });
      const taken = new Bun.Glob("incidents/*/evidence/threads.txt");
      await until("the first pieces", () => [...taken.scanSync({ cwd: acting.home })].length > 0);
      acting.view.set({ physicalPercent: 96 });
      expect((await acting.core.arrival()).signal).toBe("SIGUSR1");
      await acting.agent.ended;
      const action = acting.agent.status()?.actions.find((one) => one.action === "evidence");
      expect(action).toMatchObject({ outcome: "partial" });
      expect(action?.message).toContain("JVM heap");
      expect(action?.message).toEndWith("stopped: memory is critical");
      expect(evidenceProcesses()).toEqual([]);
    },
  );

  testUnless(
    actingMissing,
    "an ncs that does not answer ends with the evidence it was asked for",
    async () => {
      const acting = await startActing(scene, { config: evidenceOnly });
      const note = join(scene.dir(), "ncs.pid");
      writeScript(join(scene.dir(), "bin"), "ncs", `#!/bin/sh\necho $$ > ${note}; exec sleep 600\n`);
      acting.view.set({ physicalPercent: 91 });
      const pid = await until("ncs --status", () => existsSync(note) && Number(readFileSync(note, "utf8")));
      acting.view.set({ physicalPercent: 96 });
      await acting.core.arrival();
      await acting.agent.ended;
      // A zombie has ended too: nobody may be there to wait for it.
      expect(identify("/proc", pid)).toBeUndefined();
      const action = acting.agent.status()?.actions.find((one) => one.action === "evidence");
      expect(action).toMatchObject({ outcome: "partial" });
      expect(evidenceProcesses()).toEqual([]);
    },
  );

  testUnless(actingMissing, "no evidence is begun: the crash dump comes first", async () => {
    const config = '[crash_dump]\ntimeout = "300ms"\n[actions]\ncrit_phy = ["crash-dump", "evidence"]\n';
    const acting = await startActing(scene, { config, stays: true });
    acting.view.set({ physicalPercent: 96 });
    await acting.core.arrival();
    const { outcome, message, files } = await evidenceOf(acting);
    expect({ outcome, message, files }).toEqual({
      outcome: "skipped",
      message: "memory is critical: the crash dump comes first",
      files: [],
    });
  });
});

/** A JVM of its own /tmp, PIDs and user, as in a container; the PID that it has here. */
async function startContainedJvm(uid: number): Promise<{ part: Part; pid: number }> {
  const stage = join(scene.dir(), "stage");
  mkdirSync(stage);
  chmodSync(scene.dir(), 0o755);
  const script = [
    'mount -t tmpfs tmpfs "$1"',
    'cp -r "$2" "$1/classes"',
    'chmod -R a+rX "$1/classes" && chmod 1777 "$1"',
    'mount --bind "$1" /tmp',
    "mount -t proc proc /proc",
    `exec ${asUser(uid).join(" ")} ${Bun.which("java")} -cp /tmp/classes com.tailf.ncs.NcsJVMLauncher`,
  ].join(" && ");
  const part = startPart({
    command: ["unshare", "-p", "-m", "-f", "--kill-child", "sh", "-c", script, "sh", stage, jvmClasses()],
  });
  scene.keep(part);
  await part.line();
  const pid = listPids("/proc").find((one) => readStat("/proc", one)?.ppid === part.pid);
  if (pid === undefined) throw new Error("no JVM below unshare");
  return { part, pid };
}

describe("nsomem evidence", () => {
  testUnless(jvmMissing, "prints what a JVM tells, as text, as JSON, or into a directory", async () => {
    const jvm = await startLeakingJvm();
    await jvm.ask("routes 100000");
    const home = ["--home", join(scene.dir(), "home")];
    const text = await run(["evidence", String(jvm.pid), ...home]);
    expect(text).toMatchObject({ exitCode: 0, stderr: "" });
    expect(text.stdout).toMatch(
      /^Evidence of NcsJVMLauncher \(PID \d+\)\nJVM heap .*; top classes long\[\] /,
    );
    expect(text.stdout).toContain("== thread dump\n");

    const json = JSON.parse((await run(["evidence", String(jvm.pid), "--json", ...home])).stdout);
    expect(json).toMatchObject({ schema: 1, pid: jvm.pid, group: "javavm" });
    expect(json.pieces.map(({ missing }: { missing: unknown }) => missing)).toEqual(Array(6).fill(null));
    expect(json.pieces.at(-1).text).toContain('"main"');

    const out = join(scene.dir(), "out");
    const written = await run(["evidence", String(jvm.pid), "--out", out, ...home]);
    expect(written.stdout).toContain(`6 files in ${out}`);
    expect(readdirSync(out)).toHaveLength(7);
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });

  testUnless(
    jvmMissing ?? usersMissing ?? missingCommand("unshare", "mount"),
    "reaches a JVM of another user with PIDs and a /tmp of its own, and leaves nothing there",
    async () => {
      const { pid, part } = await startContainedJvm(65534);
      const { exitCode, stdout } = await run(["evidence", String(pid), "--home", join(scene.dir(), "home")]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/\nJVM heap .*; top classes /);
      expect(stdout).toContain('"main"');
      const left = readdirSync(`/proc/${pid}/root/tmp`).filter((name) => name.startsWith(".attach"));
      expect(left).toEqual([]);
      expect(part.isRunning()).toBe(true);
    },
  );

  testUnless(usersMissing ?? pythonMissing, "is refused to a user whose process it is not", async () => {
    const vm = scene.keep(await startPythonVm({ name: "l3vpn" }));
    const home = join(scene.dir(), "home");
    mkdirSync(home);
    chmodSync(scene.dir(), 0o755);
    Bun.spawnSync(["chown", "12345:12345", home]);
    const { exitCode, stderr } = await run(["evidence", String(vm.pid), "--home", home], {
      prefix: asUser(12345),
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `nsomem: PID ${vm.pid} belongs to user 0: its evidence is for that user and for root\n`,
    });
  });

  testUnless(undefined, "is of NSO's processes, JVMs and Pythons alone", async () => {
    const home = ["--home", join(scene.dir(), "home")];
    const shell = scene.keep(startPart({ command: ["sh", "-c", "echo ready; read -r _"] }));
    await shell.line();
    const other = await run(["evidence", String(shell.pid), ...home]);
    expect(other).toMatchObject({ exitCode: 2 });
    expect(other.stderr).toContain("is neither NSO's nor a JVM or a Python");
    const none = await run(["evidence", "4194303", ...home]);
    expect(none).toMatchObject({ exitCode: 1, stderr: "nsomem: there is no process 4194303\n" });
    const word = await run(["evidence", "java", ...home]);
    expect(word.exitCode).toBe(2);
  });

  testUnless(actingMissing, "without a PID is of the largest of NSO's, and names the others", async () => {
    const conffile = join(scene.dir(), "ncs.conf");
    const core = scene.keep(await startCore({ cwd: scene.dir(), conffile }));
    const ncs = writeNcsCommand(join(scene.dir(), "bin"));
    const home = join(scene.dir(), "home");
    mkdirSync(home);
    await Bun.write(join(home, "nsomem.toml"), `[nso]\ncommand = "${ncs.path}"\n`);
    const { exitCode, stdout } = await run(["evidence", "--conffile", conffile, "--home", home]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Evidence of the core ncs.smp (PID ${core.pid}), the largest with`);
    expect(stdout).toContain("== ncs --status\nvsn: lab stand-in");
  });
});
