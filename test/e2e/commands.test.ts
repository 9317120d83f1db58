/** The commands as people and scripts meet them: refusals, exit codes, colours, pipes, hostile directories. */

import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const home = () => ["--home", join(scene.dir(), "home")];

async function runningHome() {
  const core = scene.keep(await startCore());
  const agent = scene.agent({ words: ["--pid", String(core.pid)] });
  await agent.statusWhen("the core's memory", ({ processes }) => processes.length > 0);
  return agent;
}

describe("refusals", () => {
  const refused: [words: string[], saying: string][] = [
    [["strat"], 'did you mean "nsomem start"'],
    [["start", "--deamon"], "did you mean --daemon?"],
    [["status", "--jsno"], "did you mean --json?"],
    [["status", "now"], 'does not take the argument "now"'],
    [["start", "--pid"], "needs a value for --pid"],
    [["start", "--pid", "12x"], '"12x"'],
    [["start", "--daemon=yes"], "takes no value for --daemon"],
    [["extract"], "needs DIR"],
    [["constructor"], "no command"],
  ];
  for (const [words, saying] of refused) {
    test(`nsomem ${words.join(" ")} ends with 2 and one line on the way out`, async () => {
      const { exitCode, stdout, stderr } = await run(words);
      expect(exitCode).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain(saying);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    });
  }

  test("a mistake in the configuration ends with 2 and names the file, the line and the nearest key", async () => {
    const config = join(scene.dir(), "nsomem.toml");
    writeFileSync(config, "[physical]\nwarning_percent = 80\ncritcal_percent = 90\n");
    const { exitCode, stderr } = await run(["start", "--config", config, ...home()]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${config}:3:`);
    expect(stderr).toContain("critical_percent");
  });
});

describe("help and version", () => {
  test("--version names version and commit, and ends with 0", async () => {
    const { exitCode, stdout } = await run(["--version"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^nsomem \d+\.\d+\.\d+ \(\S+\)\n$/);
  });

  test("--help lists every command, and each command has its own", async () => {
    const { exitCode, stdout } = await run(["--help"]);
    expect(exitCode).toBe(0);
    for (const command of ["start", "stop", "status", "extract", "demo"]) {
      expect(stdout).toContain(`\n  ${command} `);
      const help = await run([command, "--help"]);
      expect(help).toMatchObject({ exitCode: 0, stderr: "" });
      expect(help.stdout).toContain(`nsomem ${command}`);
    }
  });
});

describe("output", () => {
  testUnless(nativeMissing, "a reader that goes away early is met with silence", async () => {
    await runningHome();
    const command = `"${nsomem}" status --home "$1" | head -1`;
    const piped = Bun.spawnSync([
      "bash",
      "-c",
      `set -o pipefail; ${command}; true`,
      "bash",
      join(scene.dir(), "home"),
    ]);
    expect(piped.stderr.toString()).toBe("");
    expect(piped.stdout.toString().trim().split("\n")).toHaveLength(1);
  });

  testUnless(
    nativeMissing,
    "on a pipe there are no escape codes, with FORCE_COLOR there are, NO_COLOR wins",
    async () => {
      await runningHome();
      const status = async (env: Record<string, string>) =>
        (await run(["status", ...home()], { env })).stdout;
      expect(await status({})).not.toContain("\x1b");
      expect(await status({ CI: "true" })).not.toContain("\x1b");
      expect(await status({ FORCE_COLOR: "1" })).toContain("\x1b[");
      expect(await status({ FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\x1b");
    },
  );

  testUnless(
    nativeMissing,
    "in the foreground on a pipe there are plain lines without escape codes",
    async () => {
      const agent = await runningHome();
      await agent.stop();
      const { output } = await agent.ended;
      expect(output).toContain("watching NSO core");
      expect(output).not.toContain("\x1b");
      expect(output).not.toContain("\r");
    },
  );

  testUnless(nativeMissing, "status --json is the document that status.json holds", async () => {
    const agent = await runningHome();
    const { stdout } = await run(["status", "--json", ...home()]);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(Object.keys(agent.status() ?? {}));
    expect(document).toMatchObject({ schema: 1, running: true, pid: agent.pid });
  });

  test("extract writes the tool, which bash can read", async () => {
    const dir = join(scene.dir(), "tool");
    expect((await run(["extract", dir])).exitCode).toBe(0);
    expect(Bun.spawnSync(["bash", "-n", join(dir, "plot.sh")]).success).toBe(true);
  });
});

describe("for scripts", () => {
  const log = () => {
    const path = join(scene.dir(), "monitor.log");
    const stamp = "2026-11-23T10:00:00.000+00:00";
    const line = "[MONITOR] [WARNING] Physical Memory Usage 9100 KB/10000 KB(91%) exceeded 90% of MemTotal";
    writeFileSync(path, `${stamp} ${line}\n`);
    return path;
  };
  const documents: [words: () => string[], keys: string[]][] = [
    [() => ["status", "--json", ...home()], ["running"]],
    [() => ["incidents", "list", "--json", ...home()], ["incidents"]],
    [() => ["doctor", "--json", ...home()], ["verdict", "checks"]],
    [() => ["config", "check", "--json", ...home()], ["file", "callbacks", "rules", "warnings"]],
    [() => ["config", "show", "--json", ...home()], ["file", "keys", "rules"]],
    [
      () => ["replay", log(), "--json", "--overcommit-mode", "2", ...home()],
      ["rows", "ran", "skipped", "verdicts"],
    ],
  ];
  for (const [words, keys] of documents)
    test(`${words().slice(0, 2).join(" ")} is one object with its schema`, async () => {
      const { stdout } = await run(words());
      expect(Object.keys(JSON.parse(stdout))).toEqual(expect.arrayContaining(["schema", ...keys]));
      expect(JSON.parse(stdout).schema).toBe(1);
    });

  test("replay's rows have their columns by name", async () => {
    const { stdout } = await run([
      "replay",
      log(),
      "--json",
      "--overcommit-mode",
      "2",
      "--limits",
      "config",
      ...home(),
    ]);
    const [row] = JSON.parse(stdout).rows;
    expect(row).toMatchObject({
      kind: "physical",
      level: "warning",
      rule: "warning_phy",
      decision: "debug-dump: run",
    });
  });

  test("an error is a sentence and an exit code, and no document", async () => {
    const { exitCode, stdout, stderr } = await run(["incidents", "show", "--json", ...home()]);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("there are none so far");
  });
});

describe("a hostile directory", () => {
  /** A directory whose .env and bunfig.toml run a program in whatever of Bun's believes them. */
  function hostileDirectory(): { cwd: string; caught: () => boolean } {
    const cwd = join(scene.dir(), "hostile");
    const mark = join(cwd, "caught");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "trap.ts"), `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");\n`);
    writeFileSync(join(cwd, "bunfig.toml"), 'preload = ["./trap.ts"]\n');
    writeFileSync(join(cwd, ".env"), "NSOMEM_PROC=/nonexistent\nFORCE_COLOR=1\n");
    writeFileSync(join(cwd, "package.json"), '{ "name": "hostile", "type": "commonjs" }\n');
    writeFileSync(join(cwd, "tsconfig.json"), "not json");
    writeFileSync(join(cwd, "plain.ts"), "console.log(process.env.NSOMEM_PROC);\n");
    return { cwd, caught: () => existsSync(mark) };
  }

  test("catches plain bun, so that the trap is known to work", () => {
    const { cwd, caught } = hostileDirectory();
    const result = Bun.spawnSync([process.execPath, "plain.ts"], { cwd, env: plainEnvironment });
    expect(result.stdout.toString()).toContain("/nonexistent");
    expect(caught()).toBe(true);
  });

  testUnless(nativeMissing, "has no effect on any command of the binary", async () => {
    const { cwd, caught } = hostileDirectory();
    const core = scene.keep(await startCore());
    const start = await run(["start", "--daemon", "--pid", String(core.pid), ...home()], { cwd });
    scene.keep({ stop: async () => void (await run(["stop", ...home()])) });
    expect(start).toMatchObject({ exitCode: 0, stderr: "" });
    for (const words of [["--version"], ["--help"], ["status", ...home()], ["extract", join(cwd, "tool")]]) {
      const { exitCode, stdout } = await run(words, { cwd });
      expect(exitCode).toBe(0);
      expect(stdout).not.toContain("\x1b");
    }
    expect(caught()).toBe(false);
  });

  testUnless(nativeMissing, "BUN_OPTIONS and BUN_BE_BUN do not reach the agent", async () => {
    const { cwd, caught } = hostileDirectory();
    const core = scene.keep(await startCore());
    const agent = scene.agent({
      cwd,
      words: ["--pid", String(core.pid)],
      env: { BUN_CONFIG_FILE: join(cwd, "bunfig.toml"), NODE_OPTIONS: `--require ${join(cwd, "trap.ts")}` },
    });
    await agent.statusWhen("the core's memory", ({ processes }) => processes.length > 0);
    const environ = readFileSync(`/proc/${agent.pid}/environ`, "utf8").split("\0");
    expect(environ.filter((entry) => /^(NODE_|BUN_(?!JSC_))/.test(entry))).toEqual([
      // Its own, whatever the caller has.
      "BUN_GC_TIMER_INTERVAL=10000",
    ]);
    expect(caught()).toBe(false);
  });
});
