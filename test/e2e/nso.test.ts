/** Which NSO the agent is for, and what it does when there is none, several, or it goes away. */

import { describe, expect } from "bun:test";
import { join } from "node:path";
import { coreArguments, coreExecutable } from "../lab/command-line.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing, nativeProgram } from "../lab/native.ts";
import { startPart } from "../lab/part.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

/** A conffile that no other NSO on this host has. */
const uniqueConffile = () => join(scene.dir(), "ncs.conf");
const home = () => ["--home", join(scene.dir(), "home")];

describe("start", () => {
  testUnless(nativeMissing, "without that NSO ends with 4 and one line on what was looked for", async () => {
    const other = scene.keep(await startCore());
    await other.stop();
    const { exitCode, stderr } = await run(["start", "--pid", String(other.pid), ...home()]);
    expect(exitCode).toBe(4);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("ncs.smp");
  });

  testUnless(
    nativeMissing,
    "with several cores ends with 4 and lists them with PID and -conffile",
    async () => {
      const one = scene.keep(await startCore({ conffile: "/lab/one.conf" }));
      const two = scene.keep(await startCore({ conffile: "/lab/two.conf" }));
      const { exitCode, stderr } = await run(["start", ...home()]);
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`--pid ${one.pid}   ncs.smp -conffile /lab/one.conf`);
      expect(stderr).toContain(`--pid ${two.pid}   ncs.smp -conffile /lab/two.conf`);
    },
  );

  testUnless(nativeMissing, "--pid chooses one of several, and the other is not touched", async () => {
    const chosen = scene.keep(await startCore());
    scene.keep(await startCore());
    const agent = scene.agent({ words: ["--pid", String(chosen.pid)] });
    const status = await agent.statusWhen("the core", ({ processes }) => processes.length > 0);
    expect(status.nso?.pid).toBe(chosen.pid);
    const cores = status.processes.filter(({ group }) => group === "core");
    expect(cores.map(({ pid }) => pid)).toEqual([chosen.pid]);
  });

  testUnless(nativeMissing, "--wait waits for an NSO that is not there yet, and takes it up", async () => {
    const conffile = uniqueConffile();
    const agent = scene.agent({ words: ["--wait"], config: `[nso]\nconffile = "${conffile}"\n` });
    const waiting = await agent.statusWhen("the first reading", ({ memory }) => Boolean(memory.physical));
    expect(waiting.nso).toBeNull();
    const core = scene.keep(await startCore({ conffile }));
    await agent.statusWhen("the core", ({ nso }) => nso?.pid === core.pid);
  });
});

describe("NSO's end", () => {
  testUnless(nativeMissing, "ends the agent with 0 and a summary", async () => {
    const core = scene.keep(await startCore());
    const agent = scene.agent({ words: ["--pid", String(core.pid)] });
    await agent.statusWhen("the core", ({ nso }) => nso !== null);
    await core.stop();
    const { exitCode, output } = await agent.ended;
    expect(exitCode).toBe(0);
    expect(output).toContain("NSO has ended");
    expect(output).toContain("No action was needed");
    expect(agent.status()).toMatchObject({ running: false, nso: null });
  });

  testUnless(
    nativeMissing,
    "with --wait is waited out: the same NSO under another PID is taken up",
    async () => {
      const conffile = uniqueConffile();
      const core = scene.keep(await startCore({ conffile }));
      const agent = scene.agent({ words: ["--wait", "--pid", String(core.pid)] });
      await agent.statusWhen("the core", ({ nso }) => nso?.pid === core.pid);
      await core.stop();
      await agent.statusWhen("its end", ({ nso }) => nso === null);
      const back = scene.keep(await startCore({ conffile }));
      await agent.statusWhen("its return", ({ nso }) => nso?.pid === back.pid);
      expect(agent.log("action.log")).toContain("waiting for it to come back");
    },
  );

  testUnless(
    nativeMissing,
    "with another NSO beside it leaves nothing of that one in the history, before the end and after it",
    async () => {
      // Both under one name, as on a host with two installations.
      const other = scene.keep(await startCore({ conffile: "/lab/other.conf" }));
      const core = scene.keep(await startCore({ conffile: uniqueConffile() }));
      const agent = scene.agent({ words: ["--wait", "--pid", String(core.pid)] });
      await agent.statusWhen("samples", ({ processes }) => processes.length > 0);
      await Bun.sleep(1200);
      await core.stop();
      await agent.statusWhen("its end", ({ nso }) => nso === null);
      // The tool goes on measuring, and there is one core to be found now: the other.
      await Bun.sleep(3000);
      const exported = await run(["export", "--format", "json", ...home()]);
      const { processes } = JSON.parse(exported.stdout);
      const pids = processes.flatMap((process: { pids: number[] }) => process.pids);
      expect(pids).toEqual([core.pid]);
      expect(pids).not.toContain(other.pid);
      const [series] = processes;
      expect(series.samples.rows.length).toBeGreaterThan(0);
    },
  );

  testUnless(
    nativeMissing,
    "a start script that turns into the core keeps its PID and is taken up",
    async () => {
      const script = `read -r; exec -a ${coreExecutable} ${nativeProgram("core")} ${coreArguments().join(" ")}`;
      const part = scene.keep(startPart({ command: ["bash", "-c", script] }));
      const agent = scene.agent({ words: ["--wait", "--pid", String(part.pid)] });
      const waiting = await agent.statusWhen("the first reading", ({ memory }) => Boolean(memory.physical));
      expect(waiting.nso).toBeNull();
      part.say("go");
      await agent.statusWhen("the core", ({ nso }) => nso?.pid === part.pid);
    },
  );
});
