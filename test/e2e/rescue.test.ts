/** The whole way through on real processes and real memory: normal, warning, critical, dump, end. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { physicalUse } from "../../src/core/meminfo.ts";
import type { Status } from "../../src/core/status.ts";
import { readMeminfo } from "../../src/linux/meminfo.ts";
import { beamMissing, startBeam } from "../lab/beam.ts";
import { testUnless } from "../lab/missing.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { jvmMissing, pythonMissing, startJvm, startPythonVm } from "../lab/vm.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const stepMib = 256;

/** Limits one and two steps above what is in use now, so that the real host leads through them. */
function limitsAboveUse(): string {
  const { usedKib, limitKib } = physicalUse(readMeminfo("/proc"), "available");
  const percentAfter = (steps: number) =>
    Math.ceil(((usedKib + steps * stepMib * 1024) * 10_000) / limitKib) / 100;
  return `warning_percent = ${percentAfter(1)}\ncritical_percent = ${percentAfter(2)}`;
}

testUnless(
  beamMissing ?? jvmMissing ?? pythonMissing,
  "a real BEAM grows through real limits: 3 debug dumps, SIGUSR1, a whole crash dump, and the agent ends",
  async () => {
    const runDir = join(scene.dir(), "run");
    const ncs = writeNcsCommand(join(scene.dir(), "bin"));
    const beam = scene.keep(await startBeam({ dir: runDir }));
    const pids = [beam.pid, scene.keep(await startJvm()).pid];
    for (const name of ["bgworker", "l3vpn", "resource-manager"])
      pids.push(scene.keep(await startPythonVm({ name, children: name === "l3vpn" ? 2 : 0 })).pid);
    const agent = scene.agent({
      config: `[physical]\n${limitsAboveUse()}\n[nso]\ncommand = "${ncs.path}"\n`,
      words: ["--pid", String(beam.pid)],
    });

    // By PID: another NSO, or another test's, may run on this host.
    const ours = (status: Status) => status.processes.filter(({ pid }) => pids.includes(pid));
    const before = await agent.statusWhen("all of NSO", (status) => ours(status).length === pids.length);
    expect(before.memory.physical?.level).toBe("normal");
    expect(ours(before).map(({ group, name }) => `${group} ${name}`)).toEqual([
      "core ncs.smp",
      "javavm NcsJVMLauncher",
      "pythonvm bgworker",
      "pythonvm l3vpn",
      "pythonvm resource-manager",
    ]);
    expect(ours(before).find(({ name }) => name === "l3vpn")?.children).toHaveLength(2);

    const level = () => agent.status()?.memory.physical?.level;
    while (level() === "normal") await beam.grow({ mib: 16, mibPerSecond: 400 });
    const warned = await agent.statusWhen("the debug dumps", ({ actions }) =>
      actions.some(({ action, outcome }) => action === "debug-dump" && outcome !== "running"),
    );
    const dumps = warned.actions[0];
    expect(dumps).toMatchObject({ kind: "physical", level: "warning", outcome: "done" });
    expect(dumps?.files.map((file) => readFileSync(file, "utf8").length > 0)).toEqual([true, true, true]);
    expect(ncs.calls()).toHaveLength(3);
    const told = await agent.statusWhen("the evidence", ({ actions }) =>
      actions.some(({ action, outcome }) => action === "evidence" && outcome !== "running"),
    );
    const evidence = told.actions[1];
    // All of it, unless other programs make memory critical meanwhile.
    expect(["done", "partial"]).toContain(evidence?.outcome ?? "none");
    expect(evidence?.message).toMatch(/^core ncs.smp \(PID \d+, it grew by/);

    // The BEAM ends in the middle of growing, which is the point.
    await beam.grow({ mib: 3 * stepMib, mibPerSecond: 400 }).catch(() => undefined);
    expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
    expect(readFileSync(join(runDir, "erl_crash.dump"), "utf8")).toEndWith("=end\n");

    const { exitCode, output } = await agent.ended;
    expect(exitCode).toBe(0);
    expect(output).toContain("NSO has ended");
    const after = agent.status();
    expect(after?.running).toBe(false);
    expect(after?.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "debug-dump done",
      `evidence ${evidence?.outcome}`,
      "crash-dump done",
    ]);
    expect(after?.actions[2]?.files).toEqual([join(runDir, "erl_crash.dump")]);
    expect(agent.log("action.log")).toContain("SIGUSR1 sent");
  },
  60_000,
);
