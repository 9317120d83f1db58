/** One agent for a core and for a home, whatever happens to its files; one signal, whatever happens to the agent. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, readBootId } from "../../src/linux/procfs.ts";
import { testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { asUser } from "../lab/users.ts";
import { actingMissing, startActing } from "./acting.ts";
import { startAgent } from "./agent.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const quiet = "[actions]\nwarning_phy = []\n";

describe("a core has one agent", () => {
  testUnless(actingMissing, "a second one with a home of its own ends with 5, naming the first", async () => {
    const { agent, core, home } = await startActing(scene);
    const other = join(scene.dir(), "other");
    const second = await run(["start", "--daemon", "--pid", String(core.pid), "--home", other]);
    expect(second.exitCode).toBe(5);
    expect(second.stderr).toContain(`another agent (PID ${agent.pid}, ${home})`);
    expect(existsSync(join(other, "status.json"))).toBe(false);
  });

  testUnless(actingMissing, "one that only looks on may stand beside it", async () => {
    const { core } = await startActing(scene);
    const words = ["--pid", String(core.pid), "--dry-run"];
    const second = scene.agent({ home: join(scene.dir(), "other"), words });
    await second.statusWhen("a reading", ({ memory }) => memory.physical !== null);
  });

  testUnless(actingMissing, "the next one takes it over after the first was killed", async () => {
    const { agent, core } = await startActing(scene);
    agent.signal("SIGKILL");
    await agent.ended;
    const next = scene.agent({ home: join(scene.dir(), "other"), words: ["--pid", String(core.pid)] });
    await next.statusWhen("a reading", ({ memory }) => memory.physical !== null);
  });
});

describe("a core is signalled once", () => {
  testUnless(
    actingMissing,
    "by an agent that is killed right after, and whose whole home is lost",
    async () => {
      const { agent, core, home, view } = await startActing(scene, { config: quiet, stays: true });
      view.set({ physicalPercent: 96 });
      expect((await core.arrival()).senderPid).toBe(agent.pid);
      agent.signal("SIGKILL");
      await agent.ended;
      rmSync(home, { recursive: true });
      const words = ["--pid", String(core.pid)];
      const next = scene.keep(startAgent({ home, config: quiet, words, prefix: view.prefix }));
      await until("the refusal", () =>
        next.log("action.log").includes("SIGUSR1 was sent to this core already"),
      );
      expect(core.arrival(500)).rejects.toThrow();
    },
  );
});

describe("a home that is removed under its agent", () => {
  testUnless(
    actingMissing,
    "is made anew: status and stop find the agent, and it still rescues",
    async () => {
      const { agent, core, home, view } = await startActing(scene, { config: quiet });
      rmSync(home, { recursive: true });
      await until(
        "the lock",
        () => existsSync(join(home, "nsomem.lock")) && existsSync(join(home, "status.json")),
      );
      expect((await run(["status", "--home", home])).exitCode).toBe(0);
      const second = await run(["start", "--daemon", "--pid", String(core.pid), "--home", home]);
      expect(second.exitCode).toBe(5);
      view.set({ physicalPercent: 96 });
      expect((await core.arrival()).senderPid).toBe(agent.pid);
      await until("the record", () => agent.log("action.log").includes("SIGUSR1 sent"));
      const stop = await run(["stop", "--home", home]);
      expect(stop).toMatchObject({ exitCode: 0 });
      expect((await agent.ended).exitCode).toBe(0);
    },
  );

  testUnless(actingMissing, "as an ordinary user's run directory is at his last logout", async () => {
    const dir = scene.dir();
    const user = 12345;
    const home = join(dir, "user");
    const runtime = join(dir, "run");
    for (const own of [home, runtime]) {
      mkdirSync(own, { mode: 0o700 });
      Bun.spawnSync(["chown", `${user}:${user}`, own]);
    }
    Bun.spawnSync(["chmod", "755", dir]);
    const asHim = asUser(user);
    const env = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: "/usr/bin:/bin" };
    const { nsomem } = await import("./binary.ts");
    const words = [...asHim, nsomem, "start", "--wait"];
    const agent = Bun.spawn(words, { env, stdio: ["ignore", "ignore", "pipe"] });
    scene.keep({
      async stop() {
        agent.kill("SIGTERM");
        await agent.exited;
      },
    });
    const status = () => Bun.spawnSync([...asHim, nsomem, "status"], { env });
    await until("the first status", () => status().exitCode === 0);
    rmSync(runtime, { recursive: true });
    mkdirSync(runtime, { mode: 0o700 });
    Bun.spawnSync(["chown", `${user}:${user}`, runtime]);
    await until("the status after the login", () => existsSync(join(runtime, "nsomem/status.json")));
    expect(status().stdout.toString()).toContain(`PID ${agent.pid}`);
    const second = Bun.spawnSync([...asHim, nsomem, "start", "--daemon", "--wait"], { env });
    expect(second.exitCode).toBe(5);
    expect(Bun.spawnSync([...asHim, nsomem, "stop"], { env }).exitCode).toBe(0);
    expect(await agent.exited).toBe(0);
  });
});

describe("a forged PID file", () => {
  testUnless(actingMissing, "ends nobody: stop believes the lock", async () => {
    const { agent, home } = await startActing(scene);
    const innocent = Bun.spawn(["sleep", "60"]);
    scene.keep({
      async stop() {
        innocent.kill("SIGKILL");
        await innocent.exited;
      },
    });
    const identity = identify("/proc", innocent.pid);
    writeFileSync(
      join(home, "nsomem.pid"),
      `${innocent.pid}\n${identity?.startTicks}\n${readBootId("/proc")}\n`,
    );
    expect((await run(["stop", "--home", home])).stdout).toContain(`PID ${agent.pid}`);
    expect(innocent.exitCode).toBeNull();
    expect(readFileSync(`/proc/${innocent.pid}/stat`, "utf8")).not.toContain(") Z");
    expect((await run(["stop", "--home", home])).exitCode).toBe(3);
  });
});
