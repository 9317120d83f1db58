/** The manual method in the compiled binary: `watch` follows another tool's log, `--tool` runs another tool. */

import { describe, expect, setDefaultTimeout } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { identify } from "../../src/linux/procfs.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { until } from "../lab/part.ts";
import { actingMissing, writeScript } from "./acting.ts";
import { readStatusFile } from "./agent.ts";
import { nsomem, plainEnvironment } from "./binary.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

// Each takes a second or two; a machine that others use too may need many times that.
setDefaultTimeout(30_000);
const scene = createScene();
const lacking = actingMissing;

/** A line as the original tool writes it, stamped by `date` in the C locale. */
function original(level: "WARNING" | "CRIT", percent: number, threshold: number, at = new Date()): string {
  const stamp = Bun.spawnSync(["date", "-d", `@${Math.floor(at.getTime() / 1000)}`], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const use = `${percent * 10_000} KB/1000000 KB(${percent}%)`;
  return `${stamp.stdout.toString().trim()} [MONITOR] [${level}] Physical Memory Usage ${use} exceeded ${threshold}% of MemTotal\n`;
}

/** A core, an `ncs` and a watching agent. */
async function begin({ stays = false } = {}) {
  const dir = scene.dir();
  const home = join(dir, "home");
  mkdirSync(home);
  const log = join(dir, "monitor.log");
  const actionLog = join(dir, "action.log");
  const core = scene.keep(await startCore({ cwd: dir, stays, dumpPath: join(dir, "erl_crash.dump") }));
  const ncs = writeNcsCommand(join(dir, "bin"));
  const view = createKernelView(join(dir, "kernel"));
  writeFileSync(
    join(home, "nsomem.toml"),
    `[nso]\ncommand = "${ncs.path}"\n[debug_dump]\ncount = 1\ninterval = "10ms"\n[physical]\nrecovery_time = "50ms"\n`,
  );
  const watch = () => {
    const words = ["watch", log, actionLog, "--home", home, "--pid", String(core.pid)];
    const child = Bun.spawn([...view.prefix, nsomem, ...words], {
      env: plainEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    scene.keep({
      async stop() {
        child.kill("SIGTERM");
        await child.exited;
      },
    });
    return child;
  };
  const status = () => readStatusFile(home);
  const agentLog = () =>
    existsSync(join(home, "logs/agent.log")) ? readFileSync(join(home, "logs/agent.log"), "utf8") : "";
  return { dir, home, log, actionLog, core, ncs, view, watch, status, agentLog };
}

describe("watch", () => {
  testUnless(
    lacking,
    "acts on the original tool's lines, and writes what it does into its second argument",
    async () => {
      const { log, actionLog, ncs, core, view, watch } = await begin();
      writeFileSync(log, original("WARNING", 25, 20));
      watch();
      await until("the dump", () => ncs.calls().length === 1);
      // Its limits are its own: 25 % is critical to this tool, and the host agrees that 25 % are in use.
      view.set({ physicalPercent: 25 });
      appendFileSync(log, original("CRIT", 25, 24));
      expect((await core.arrival()).signal).toBe("SIGUSR1");
      await until("the action log", () => readFileSync(actionLog, "utf8").includes("crash-dump done"));
    },
  );

  testUnless(lacking, "leaves NSO alone when the host does not confirm a critical line", async () => {
    const { log, core, watch, agentLog } = await begin();
    writeFileSync(log, original("CRIT", 25, 24));
    watch();
    await until("the doubt", () => agentLog().includes("critical not confirmed: measured 10 %"));
    expect(core.isRunning()).toBe(true);
  });

  testUnless(lacking, "reads old lines and does not act on them", async () => {
    const { log, ncs, core, view, watch, status } = await begin();
    view.set({ physicalPercent: 97 });
    const yesterday = new Date(Date.now() - 86_400_000);
    writeFileSync(log, original("CRIT", 97, 95, yesterday) + original("WARNING", 15, 90));
    watch();
    await until("the last line", () => status()?.memory.physical?.percent === 15);
    expect(core.isRunning()).toBe(true);
    await until("the dump", () => ncs.calls().length === 1);
  });

  testUnless(lacking, "goes on over truncation, over rotation and over an absence", async () => {
    const { log, dir, watch, status } = await begin();
    const shows = (percent: number) =>
      until(`${percent} %`, () => status()?.memory.physical?.percent === percent);
    watch();
    await shows(10); // measured by the agent: the log is not there
    writeFileSync(log, original("WARNING", 31, 90));
    await shows(31);
    truncateSync(log, 0);
    appendFileSync(log, original("WARNING", 32, 90));
    await shows(32);
    renameSync(log, join(dir, "monitor.log.1"));
    appendFileSync(join(dir, "monitor.log.1"), original("WARNING", 33, 90));
    writeFileSync(log, original("WARNING", 34, 90));
    await shows(34);
    renameSync(log, join(dir, "monitor.log.2"));
    await shows(10);
  });

  testUnless(lacking, "leaves old lines alone in whatever locale they are stamped", async () => {
    const { log, ncs, watch, status } = await begin();
    const yesterday = new Date(Date.now() - 20 * 3_600_000).toISOString();
    const [day = "", clock = ""] = yesterday.replace(/\..*/, "").split("T");
    const [year, month, date] = day.split("-");
    const line = original("WARNING", 97, 90).replace(/^.*?\[/, "[");
    const stamps = [
      `${yesterday.replace("Z", "669794Z")} stdout F`,
      `${date}.${month}.${year} ${clock} UTC`,
      `${day} ${clock} +0000`,
      // Cannot be told: old too.
      `03/04/${year} ${clock}`,
    ];
    writeFileSync(log, stamps.map((stamp) => `${stamp} ${line}`).join("") + original("WARNING", 15, 99));
    watch();
    await until("the last line", () => status()?.memory.physical?.percent === 15);
    await until("the dump that it leads to", () => ncs.calls().length > 0);
    await Bun.sleep(1000);
    expect(ncs.calls()).toHaveLength(1);
  });

  testUnless(
    lacking,
    "measures by itself where none of the log's lines is understood, and says why",
    async () => {
      const { log, watch, status, agentLog } = await begin();
      writeFileSync(log, "[MONITOR] [WARNING] Physikalischer Speicher\nEnde\n");
      watch();
      await until("a measurement of its own", () => status()?.memory.physical?.percent === 10);
      await until("the reason", () =>
        agentLog().includes("no line that is understood for 5.0 s, but: Ende. Measuring in-process"),
      );
      appendFileSync(log, original("WARNING", 31, 90));
      await until("31 %", () => status()?.memory.physical?.percent === 31);
    },
  );

  testUnless(lacking, "takes a line only when its end is written", async () => {
    const { log, watch, status, agentLog } = await begin();
    const line = original("WARNING", 41, 90);
    writeFileSync(log, original("WARNING", 40, 90) + line.slice(0, 70));
    watch();
    await until("40 %", () => status()?.memory.physical?.percent === 40);
    appendFileSync(log, line.slice(70));
    await until("41 %", () => status()?.memory.physical?.percent === 41);
    expect(agentLog()).not.toContain("is not understood");
  });
});

describe("--tool", () => {
  const tool = (dir: string) =>
    writeScript(
      dir,
      "plot.sh",
      [
        "#!/bin/bash",
        "sleep 1000 & echo $! > child",
        'while :; do echo "$(date) [MONITOR] [WARNING] Physical Memory Usage 250000 KB/1000000 KB(25%) exceeded 24% of MemTotal"; sleep 0.3; done',
      ].join("\n"),
    );

  async function beginTool() {
    const dir = join(scene.dir(), "tool");
    tool(dir);
    const core = scene.keep(
      await startCore({ cwd: scene.dir(), dumpPath: join(scene.dir(), "erl_crash.dump") }),
    );
    const ncs = writeNcsCommand(join(scene.dir(), "bin"));
    const agent = scene.agent({
      words: ["--pid", String(core.pid), "--tool", dir],
      config: `[nso]\ncommand = "${ncs.path}"\n[debug_dump]\ncount = 1\n`,
    });
    const status = await agent.statusWhen("its level", ({ memory }) => memory.physical?.level === "warning");
    const child = Number(readFileSync(join(dir, "child"), "utf8"));
    return { agent, ncs, status, child };
  }
  const gone = (pid: number) =>
    until(`the end of PID ${pid}`, () => identify("/proc", pid) === undefined, 5000);

  testUnless(lacking, "runs another tool, obeys its verdicts and ends it with its children", async () => {
    const { agent, ncs, status, child } = await beginTool();
    expect(status.memory.physical).toMatchObject({ percent: 25, warning_percent: 24 });
    await until("the dump", () => ncs.calls().length === 1);
    expect(agent.log("monitor.log")).toContain("exceeded 24% of MemTotal");
    await agent.stop();
    await gone(child);
  });

  testUnless(lacking, "leaves nothing behind when the agent is killed", async () => {
    const { agent, status, child } = await beginTool();
    agent.signal("SIGKILL");
    await agent.ended;
    await gone(status.tool.pid ?? 0);
    await gone(child);
  });
});
