/** Who grows, what is none of NSO's, and what a running agent foresees. */

import { expect } from "bun:test";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { nsomem } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing();

testUnless(
  lacking,
  "the status has what is none of NSO's beside its processes, and no forecast yet",
  async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const view = createKernelView(`${scene.dir()}/kernel`);
    const agent = scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)] });
    const status = await agent.statusWhen(
      "the first sample",
      ({ everything_else_kib, growth }) => (everything_else_kib ?? 0) > 0 && growth !== null,
    );
    const held = status.processes.reduce((sum, { rss_kib }) => sum + rss_kib, 0);
    const used = status.memory.physical?.used_kib ?? 0;
    expect(Math.abs(used - held - (status.everything_else_kib ?? 0))).toBeLessThan(used / 10);
    expect(status.growth?.map(({ group }) => group).sort()).toEqual(["core", "rest"]);
    expect(status.memory.physical?.forecast).toBeNull();
    const page = Bun.spawnSync([nsomem, "status", "--home", agent.home]).stdout.toString();
    expect(page).toContain("everything else on the host");
  },
);
