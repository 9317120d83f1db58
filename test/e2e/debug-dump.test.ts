/** A debug dump that fails is told, and the next one is taken all the same. */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readWorkingDirectory } from "../../src/linux/nso.ts";
import { listPids } from "../../src/linux/procfs.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { type NcsBehaviour, writeNcsCommand } from "../lab/ncs-command.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing();

/** Takes two dumps with an `ncs` that behaves so, and returns what the status says of them. */
async function dumpWith(
  behaviour: NcsBehaviour,
  { command, timeout = "10s" }: { command?: string; timeout?: string } = {},
) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const ncs = writeNcsCommand(join(scene.dir(), "bin"));
  ncs.behave(behaviour);
  const view = createKernelView(join(scene.dir(), "kernel"));
  view.set({ physicalPercent: 91 });
  const agent = scene.agent({
    prefix: view.prefix,
    words: ["--pid", String(core.pid)],
    config: `[nso]\ncommand = "${command ?? ncs.path}"\n[debug_dump]\ncount = 2\ninterval = "0s"\ntimeout = "${timeout}"`,
  });
  const status = await agent.statusWhen("the dumps", ({ actions }) =>
    actions.some(({ outcome }) => outcome !== "running"),
  );
  const [action] = status.actions;
  if (!action) throw new Error("no action in the status");
  return { action, ncs, agent };
}

describe("a debug dump", () => {
  testUnless(
    lacking,
    "that NSO does not answer is reported by ncs' own reason, and the next is tried",
    async () => {
      const { action, ncs } = await dumpWith("unreachable");
      expect(action.outcome).toBe("failed");
      expect(action.message).toContain("exit 2: ncs could not connect");
      expect(ncs.calls()).toHaveLength(2);
    },
  );

  testUnless(lacking, "whose collection takes ncs too long is reported so", async () => {
    const { action } = await dumpWith("timeout");
    expect(action).toMatchObject({ outcome: "failed" });
    expect(action.message).toContain("exit 3");
  });

  testUnless(lacking, "that hangs is ended after its deadline, with all it started", async () => {
    const { action, ncs } = await dumpWith("hang", { timeout: "300ms" });
    expect(action.outcome).toBe("failed");
    expect(action.message).toContain("deadline of 300 ms");
    expect(ncs.calls()).toHaveLength(2);
    // ncs runs in the incident's directory, and so does what it started.
    const incidents = join(scene.dir(), "home/incidents");
    const left = listPids("/proc").filter((pid) => readWorkingDirectory("/proc", pid)?.startsWith(incidents));
    expect(left).toEqual([]);
  });

  testUnless(lacking, "that leaves an empty file counts as failed", async () => {
    const { action } = await dumpWith("empty");
    expect(action.outcome).toBe("failed");
    expect(action.message).toContain("empty");
    expect(action.files).toEqual([]);
  });

  testUnless(lacking, "that leaves no file counts as failed though ncs says 0", async () => {
    const { action } = await dumpWith("missing");
    expect(action).toMatchObject({ outcome: "failed", files: [] });
  });

  testUnless(lacking, "that is slow but within its deadline is a dump", async () => {
    const { action } = await dumpWith("slow 0.5");
    expect(action).toMatchObject({ outcome: "done" });
    expect(action.files.map((file) => existsSync(file))).toEqual([true, true]);
    expect(readdirSync(dirname(action.files[0] ?? ""))).toContain("dump2.bin");
  });

  testUnless(lacking, "without an ncs command says where it was looked for", async () => {
    const { action } = await dumpWith("ok", { command: "/nonexistent/ncs" });
    expect(action.outcome).toBe("failed");
    expect(action.message).toContain("/nonexistent/ncs");
  });
});
