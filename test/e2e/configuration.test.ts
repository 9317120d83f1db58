/** `init`, `config show`, `reload` and `drill` in the compiled binary. */

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { actingMissing, startActing, writeScript } from "./acting.ts";
import { readStatusFile } from "./agent.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createScene } from "./scene.ts";

// Each takes a second or two; a machine that others use too may need many times that.
setDefaultTimeout(30_000);
const scene = createScene();
const home = () => {
  const dir = join(scene.dir(), "home");
  mkdirSync(dir, { recursive: true });
  return dir;
};

describe("init", () => {
  test("writes files that are in order, and never over what is there", async () => {
    const dir = join(scene.dir(), "fresh");
    expect((await run(["init", dir])).exitCode).toBe(0);
    expect(readdirSync(dir).sort()).toEqual(["callbacks.ts", "nsomem.d.ts", "nsomem.toml"]);
    expect((await run(["config", "check", join(dir, "nsomem.toml")])).exitCode).toBe(0);
    writeFileSync(join(dir, "nsomem.toml"), "# mine\n");
    expect((await run(["init", dir])).stdout).toContain("is there already and stays as it is");
    expect(readFileSync(join(dir, "nsomem.toml"), "utf8")).toBe("# mine\n");
  });

  test("every value that the commented file shows is the default or is accepted", async () => {
    const dir = join(scene.dir(), "fresh");
    await run(["init", dir]);
    const file = join(dir, "nsomem.toml");
    const text = readFileSync(file, "utf8").replaceAll(/^# (\[\[rule\]\]|[a-z_]+ = )/gm, "$1");
    const withoutOwnPaths = text
      .replaceAll(/^(actions = ).*$/gm, '$1["debug-dump"]')
      .replaceAll(/^file = .*$/gm, "");
    writeFileSync(file, withoutOwnPaths);
    const { exitCode, stderr, stdout } = await run(["config", "check", file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/soon_phy +debug-dump {2}\(when critical is forecast within 30m\)/);
  });

  test("its callbacks and its types are one in the eyes of TypeScript, once uncommented", async () => {
    const dir = join(scene.dir(), "fresh");
    await run(["init", dir]);
    const file = join(dir, "callbacks.ts");
    const code = readFileSync(file, "utf8").replaceAll(/^\/\/ ?(export|await|const|logger|}| {2})/gm, "$1");
    expect(code).toContain("\nexport async function warning_phy");
    writeFileSync(file, code.replaceAll("Bun.", "(globalThis as any).Bun."));
    const words = [
      "--noEmit",
      "--ignoreConfig",
      "--strict",
      "--skipLibCheck",
      "--module",
      "preserve",
      "--target",
      "esnext",
      file,
    ];
    const checked = Bun.spawnSync([join(import.meta.dir, "../../node_modules/.bin/tsc"), ...words]);
    expect(checked.stdout.toString()).toBe("");
    expect((await run(["config", "check", join(dir, "nsomem.toml")])).stdout).toContain(
      "exports: crit_phy, warning_phy",
    );
  });
});

describe("config show", () => {
  test("says of every value where it came from", async () => {
    const dir = home();
    writeFileSync(
      join(dir, "nsomem.toml"),
      '[physical]\nwarning_percent = 80\n[debug_dump]\ninterval = "90s"\n',
    );
    writeFileSync(join(dir, "callbacks.ts"), "export const info_phy = () => {};\n");
    const { stdout } = await run(["config", "show", "--home", dir, "--pid", "42"]);
    const lines = stdout.split("\n").map((line) => line.replaceAll(/\s+/g, " "));
    for (const line of [
      "warning_percent = 80 # file",
      "critical_percent = 95 # default",
      'interval = "90s" # file',
      'recovery_time = "10s" # default',
      "pid = 42 # flag",
      'info_phy = ["callback"] # callbacks',
      'crit_phy = ["crash-dump"] # default',
      'size_max = "512MiB" # default',
    ])
      expect(lines).toContain(line);
  });
});

describe("reload", () => {
  testUnless(actingMissing, "takes a new configuration over and keeps what was going on", async () => {
    const { view, agent, home: dir, ncs } = await startActing(scene, { config: "[debug_dump]\ncount = 1\n" });
    view.set({ physicalPercent: 91 });
    await agent.statusWhen("the dump", ({ actions }) => actions[0]?.outcome === "done");
    const since = agent.status()?.since;
    writeFileSync(
      join(dir, "nsomem.toml"),
      `[nso]\ncommand = "${ncs.path}"\n[physical]\ncritical_percent = 97\n`,
    );
    const { exitCode, stdout } = await run(["reload", "--home", dir]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `configuration taken over from ${join(dir, "nsomem.toml")}\n`,
    });
    view.set({ physicalPercent: 96 });
    const status = await agent.statusWhen("96 %", ({ memory }) => memory.physical?.percent === 96);
    // 96 % is no longer critical; the level was not entered anew, so nothing was dumped twice.
    expect(status.memory.physical?.level).toBe("warning");
    expect(status.actions.filter(({ action }) => action !== "evidence")).toHaveLength(1);
    expect(status).toMatchObject({ since, pid: agent.pid });
  });

  testUnless(actingMissing, "refuses a bad one, and the old stays in force", async () => {
    const { core, view, agent, home: dir } = await startActing(scene);
    writeFileSync(join(dir, "nsomem.toml"), "[physical]\ncritical_percent = 970\n");
    const { exitCode, stderr } = await run(["reload", "--home", dir]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("configuration refused, the old one stays in force");
    expect(stderr).toContain("nsomem.toml:2:1: physical.critical_percent is 970");
    expect(agent.status()?.configuration.last_reload?.accepted).toBe(false);
    view.set({ physicalPercent: 96 });
    expect((await core.arrival()).signal).toBe("SIGUSR1");
  });

  testUnless(actingMissing, "by SIGHUP does the same, also with new callbacks", async () => {
    const { view, agent, home: dir } = await startActing(scene);
    writeFileSync(
      join(dir, "callbacks.ts"),
      "export const warning_phy = ({ logger }) => logger.info('new');\n",
    );
    agent.signal("SIGHUP");
    await agent.statusWhen("the reload", (status) => status.configuration.last_reload?.accepted === true);
    view.set({ physicalPercent: 91 });
    await agent.statusWhen("the callback", ({ actions }) => actions[0]?.outcome === "done");
    expect(agent.log("action.log")).toContain("warning_phy: new");
  });

  testUnless(
    nativeMissing,
    "is what SIGHUP means in a terminal too, and its end what it means without",
    async () => {
      const dir = home();
      const core = scene.keep(await startCore({ cwd: scene.dir() }));
      const words = ["start", "--dry-run", "--pid", String(core.pid), "--home", dir];
      const agent = Bun.spawn([nsomem, ...words], {
        env: plainEnvironment,
        terminal: { cols: 80, rows: 24, data: () => {} },
      });
      scene.keep({
        async stop() {
          agent.kill("SIGKILL");
          await agent.exited;
        },
      });
      await until("the first reading", () => readStatusFile(dir));
      agent.kill("SIGHUP");
      await until("the reload", () => readStatusFile(dir)?.configuration.last_reload?.accepted);
      expect(agent.exitCode).toBeNull();
      agent.terminal?.close();
      await until("its end", () => agent.exitCode !== null || agent.signalCode !== null);
      expect(agent.exitCode).toBe(0);
    },
  );

  test("exits 3 when nothing runs", async () => {
    expect((await run(["reload", "--home", home()])).exitCode).toBe(3);
  });
});

describe("drill", () => {
  const ncsScript = '#!/bin/sh\n[ "$*" = --version ] || exit 9\necho 6.5\n';

  testUnless(
    missingCommand("bash"),
    "passes every step with a configuration that works, and calls callbacks dry",
    async () => {
      const dir = home();
      const ncs = writeScript(join(scene.dir(), "bin"), "ncs", ncsScript);
      const page = writeScript(join(scene.dir(), "bin"), "page", '#!/bin/sh\ntouch "$0.ran"\n');
      const calls = join(scene.dir(), "calls");
      writeFileSync(
        join(dir, "nsomem.toml"),
        `[nso]\ncommand = "${ncs}"\n[actions]\ncrit_phy = ["crash-dump", "run:${page}"]\n`,
      );
      writeFileSync(
        join(dir, "callbacks.ts"),
        `export async function warning_phy({ dry_run, debug_dump }) { await Bun.write("${calls}", JSON.stringify({ dry_run, dump: await debug_dump() })); }\n`,
      );
      const { exitCode, stdout } = await run(["drill", "--home", dir]);
      expect({ exitCode, failed: stdout.split("\n").filter((line) => line.startsWith("failed")) }).toEqual({
        exitCode: 0,
        failed: [],
      });
      expect(stdout).toContain("NSO was not touched");
      expect(JSON.parse(readFileSync(calls, "utf8"))).toMatchObject({
        dry_run: true,
        dump: { outcome: "skipped" },
      });
      expect(readdirSync(join(scene.dir(), "bin"))).not.toContain("page.ran");
    },
  );

  test("exits 1 and names the step that failed", async () => {
    const dir = home();
    writeFileSync(join(dir, "nsomem.toml"), '[nso]\ncommand = "/nowhere/ncs"\n');
    const { exitCode, stdout } = await run(["drill", "--home", dir]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^failed {3}debug dump command +ncs not found in \/nowhere\/ncs/m);
    expect(stdout).toMatch(/^passed {3}signal/m);
  });

  testUnless(nativeMissing, "leaves an NSO that runs beside it alone", async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const { stdout } = await run(["drill", "--home", home()]);
    expect(stdout).toContain(`PID ${core.pid} may be signalled`);
    await expect(core.arrival(300)).rejects.toThrow();
    expect(core.isRunning()).toBe(true);
  });
});
