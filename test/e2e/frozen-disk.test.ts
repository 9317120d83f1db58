/** A real file system that stops answering, and one that is full: the agent goes on, and nothing it noted is lost. */

import { describe, expect } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { summariseIncident } from "../../src/core/incident.ts";
import { listIncidents, readIncident } from "../../src/record/incident-log.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { actingMissing, startActing } from "./acting.ts";
import { createScene, type Scene } from "./scene.ts";

const scene = createScene();
const quiet = "[actions]\nwarning_phy = []\n";

function mustRun(...words: string[]): void {
  const { success, stderr } = Bun.spawnSync(words);
  if (!success) throw new Error(`${words.join(" ")}: ${stderr}`);
}

/** An ext4 of its own at `home`, that can be frozen as a snapshot or a lost path to its disk freezes it. */
function mountExt4(within: Scene) {
  const home = join(within.dir(), "home");
  const image = join(within.dir(), "disk.img");
  mkdirSync(home);
  mustRun("truncate", "-s", "32m", image);
  mustRun("mkfs.ext4", "-q", image);
  mustRun("mount", "-o", "loop", image, home);
  within.keep({ stop: async () => mustRun("umount", "-l", home) });
  const thaw = () => void Bun.spawnSync(["fsfreeze", "-u", home]);
  return {
    /** Until `thaw`, at the latest for 20 s: whoever hangs on it by mistake, this test too, is released. */
    freeze() {
      mustRun("fsfreeze", "-f", home);
      Bun.spawn(["sh", "-c", 'sleep 20; fsfreeze -u "$1"', "sh", home], {
        stdio: ["ignore", "ignore", "ignore"],
      }).unref();
    },
    thaw,
  };
}

/** Whether a loop device can be mounted here, and frozen. */
function loopMissing(): string | undefined {
  const command = missingCommand("mkfs.ext4", "fsfreeze", "losetup");
  if (command !== undefined) return command;
  return Bun.spawnSync(["losetup", "-f"]).success ? undefined : "no loop device";
}

const frozenMissing = actingMissing ?? loopMissing();

const verdictIn = (home: string) =>
  listIncidents(join(home, "incidents")).map(
    (id) => summariseIncident(id, readIncident(join(home, "incidents"), id)?.steps ?? []).verdict,
  );

describe("a file system that is frozen", () => {
  testUnless(
    frozenMissing,
    "holds back neither the signal nor, once thawed, the record of the dump",
    async () => {
      const disk = mountExt4(scene);
      const { agent, core, view, home } = await startActing(scene, { config: quiet, words: ["--wait"] });
      disk.freeze();
      view.set({ physicalPercent: 96 });
      expect((await core.arrival()).senderPid).toBe(agent.pid);
      disk.thaw();
      await until("the verdict", () => verdictIn(home).includes("complete"));
      const [id = ""] = listIncidents(join(home, "incidents"));
      const steps = (readIncident(join(home, "incidents"), id)?.steps ?? []).map(({ step }) => step);
      expect(steps.indexOf("signal-intended")).toBeLessThan(steps.indexOf("signal-sent"));
      await until("the log", () => agent.log("action.log").includes("SIGUSR1 sent"));
    },
  );

  testUnless(frozenMissing, "does not keep the agent from ending", async () => {
    const disk = mountExt4(scene);
    const { agent } = await startActing(scene, { config: quiet, words: ["--wait"] });
    disk.freeze();
    agent.signal("SIGTERM");
    // Its process goes when its last call has come back from the disk; what it does ends before.
    await until("the end", () => /\) Z /.test(statOf(agent.pid)));
    disk.thaw();
    expect((await agent.ended).exitCode).toBe(0);
  });
});

function statOf(pid: number): string {
  return new TextDecoder().decode(Bun.spawnSync(["cat", `/proc/${pid}/stat`]).stdout);
}

describe("a full disk", () => {
  const mountTmpfs = (size: string) => {
    const home = join(scene.dir(), "home");
    mkdirSync(home);
    mustRun("mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "none", home);
    scene.keep({ stop: async () => mustRun("umount", "-l", home) });
    return home;
  };
  const fillUp = (home: string) => {
    try {
      writeFileSync(join(home, "filler"), Buffer.alloc(16 * 1024 * 1024));
    } catch {
      // Full, as it is meant to be.
    }
  };

  testUnless(
    actingMissing,
    "at critical: the incident tells of a complete dump when there is room again",
    async () => {
      const home = mountTmpfs("4m");
      const { core, view, agent } = await startActing(scene, { config: quiet, words: ["--wait"] });
      fillUp(home);
      view.set({ physicalPercent: 96 });
      expect((await core.arrival()).senderPid).toBe(agent.pid);
      rmSync(join(home, "filler"));
      await until("the verdict", () => verdictIn(home).includes("complete"));
    },
  );
});
