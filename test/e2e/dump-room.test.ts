/** Debug dumps on a disk that is too small for them: a file system of 160 MiB, which is the incidents' alone. */

import { describe, expect } from "bun:test";
import { mkdirSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { actingMissing, writeScript } from "./acting.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = actingMissing ?? missingCommand("mount");
const mib = 1024 * 1024;

/** What the status says of three debug dumps by such an `ncs`, and what is left of them. */
async function dumpsBy(script: string) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const command = writeScript(join(scene.dir(), "bin"), "ncs", `#!/bin/sh\n${script}\n`);
  const incidents = join(scene.dir(), "home/incidents");
  mkdirSync(incidents, { recursive: true, mode: 0o700 });
  const view = createKernelView(join(scene.dir(), "kernel"));
  const mounted = `mount -t tmpfs -o size=160m,mode=700 tmpfs '${incidents}' && exec "$@"`;
  const agent = scene.agent({
    prefix: [...view.prefix, "sh", "-c", mounted, "sh"],
    words: ["--pid", String(core.pid)],
    config: `[nso]\ncommand = "${command}"\n[debug_dump]\ninterval = "0s"\n`,
  });
  await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
  view.set({ physicalPercent: 91 });
  const { actions } = await agent.statusWhen("the dumps", (status) =>
    status.actions.some(({ outcome }) => outcome !== "running"),
  );
  // As the agent sees it, whose mount it is.
  const seen = `/proc/${agent.pid}/root${incidents}`;
  const [id = ""] = readdirSync(seen);
  const { bavail, bsize } = statfsSync(seen);
  const dumps = readdirSync(join(seen, id)).filter((name) => name.startsWith("dump"));
  return { action: actions[0], dumps: dumps.sort(), freeBytes: bavail * bsize };
}

describe("the room that is to stay free", () => {
  testUnless(
    missing,
    "is left by a dump without end: it is ended, removed, and not tried again",
    async () => {
      const { action, dumps, freeBytes } = await dumpsBy('exec head -c 2G /dev/zero > "$2"');
      expect(action).toMatchObject({ action: "debug-dump", outcome: "failed", files: [] });
      expect(action?.message).toContain("([incidents] free_min)");
      expect(action?.message).not.toContain("dump 2");
      expect(dumps).toEqual([]);
      expect(freeBytes).toBeGreaterThan(150 * mib);
    },
  );

  testUnless(missing, "is left by a series: it ends before the dump that would come into it", async () => {
    const { action, dumps, freeBytes } = await dumpsBy('exec head -c 25M /dev/zero > "$2"');
    expect(action).toMatchObject({ outcome: "partial" });
    expect(action?.message).toContain("2 of 3 debug dumps");
    expect(action?.message).toContain("no room for another");
    expect(dumps).toEqual(["dump1.bin", "dump2.bin"]);
    expect(freeBytes).toBeGreaterThan(100 * mib);
  });
});
