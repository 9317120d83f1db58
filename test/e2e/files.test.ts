/** Files and directories of other users, special files and links, as the compiled binary meets them. */

import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { asUser } from "../lab/users.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const notRoot = process.getuid?.() === 0 ? undefined : "needs root";

/** A directory that others can enter, as /home and /tmp can be. */
function openDir(name: string, owner = 0, mode = 0o755): string {
  chmodSync(scene.dir(), 0o755);
  const dir = join(scene.dir(), name);
  mkdirSync(dir);
  chownSync(dir, owner, owner);
  chmodSync(dir, mode);
  return dir;
}

describe.each([65534, 12345])("a home of user %p", (uid) => {
  testUnless(
    notRoot,
    "is refused to root by every command that would use it, and nothing is touched",
    async () => {
      const home = openDir("home", uid);
      const victim = join(scene.dir(), "victim");
      writeFileSync(victim, "original");
      mkdirSync(join(home, "logs"));
      for (const name of [
        "status.json",
        "status.json.partial",
        "history.db",
        "logs/agent.log",
        "last-runs.json",
      ])
        symlinkSync(victim, join(home, name));
      execFileSync("chown", ["-hR", String(uid), home]);
      const before = execFileSync("find", [home, "-printf", "%p %i %T@\n"]).toString();
      const commands = [
        "start --daemon",
        "start",
        "watch m.log a.log",
        "status",
        "stop",
        "reload",
        "graph",
        "export",
      ];
      for (const command of [...commands, "stats", "incidents", "doctor", "import x.log"]) {
        const { exitCode, stderr } = await run([...command.split(" "), "--home", home], { cwd: scene.dir() });
        expect({ command, exitCode }).toEqual({ command, exitCode: 2 });
        expect(stderr).toContain(
          `directory ${home} belongs to user ${uid}, not to root; mend it with: chown root`,
        );
      }
      expect((await run(["drill", "--home", home])).stderr).toContain(`belongs to user ${uid}`);
      expect(execFileSync("find", [home, "-printf", "%p %i %T@\n"]).toString()).toBe(before);
      expect(readFileSync(victim, "utf8")).toBe("original");
    },
  );

  testUnless(notRoot, "is refused to a third user, and root's sticky /tmp is no home", async () => {
    const home = openDir("home", uid, 0o777);
    const asThird = asUser(7);
    const child = Bun.spawnSync([...asThird, nsomem, "start", "--home", home], { env: plainEnvironment });
    expect(child.exitCode).toBe(2);
    expect(child.stderr.toString()).toContain(`belongs to user ${uid}, neither to root nor to user 7`);
    const shared = openDir("shared", 0, 0o1777);
    expect((await run(["start", "--home", shared])).stderr).toContain("name a directory below it");
    expect(readdirSync(shared)).toEqual([]);
  });
});

describe("a configuration that is no regular file", () => {
  testUnless(nativeMissing, "at a reload is refused in a sentence, and the agent goes on", async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const agent = scene.agent({ config: "", words: ["--pid", String(core.pid)] });
    const first = await agent.statusWhen("a reading", ({ memory }) => Boolean(memory.physical));
    rmSync(join(agent.home, "nsomem.toml"));
    execFileSync("mkfifo", [join(agent.home, "nsomem.toml")]);
    const reload = await run(["reload", "--home", agent.home]);
    expect(reload.exitCode).toBe(2);
    expect(reload.stderr).toContain("nsomem.toml is a FIFO (named pipe), not a regular file");
    await agent.statusWhen("another tick", ({ updated }) => updated > first.updated);
  });
});

describe("what is removed under the agent", () => {
  testUnless(nativeMissing, "the tool is started again although its directory is gone", async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const agent = scene.agent({ words: ["--pid", String(core.pid)] });
    const { tool } = await agent.statusWhen("the tool", (status) => status.tool.source === "tool");
    const unpacked = () => readdirSync(agent.home).filter((name) => name.startsWith("tool-"));
    for (const name of unpacked()) rmSync(join(agent.home, name), { recursive: true });
    process.kill(tool.pid ?? 0, "SIGKILL");
    await agent.statusWhen(
      "the next tool",
      (status) => status.tool.source === "tool" && status.tool.pid !== tool.pid,
    );
    expect(unpacked()).toEqual([]);
  });

  testUnless(nativeMissing, "all of the home comes back: status, history, logs", async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const agent = scene.agent({ words: ["--pid", String(core.pid)] });
    await agent.statusWhen("the tool", (status) => status.tool.source === "tool");
    rmSync(agent.home, { recursive: true });
    await until("status, history and log", () =>
      ["status.json", "history.db", "logs/monitor.log"].every((name) => existsSync(join(agent.home, name))),
    );
  });
});

describe("an import", () => {
  test("of a FIFO, a device, a directory and 10 GB of nothing ends at once in a sentence", async () => {
    const dir = scene.dir();
    execFileSync("mkfifo", [join(dir, "fifo")]);
    writeFileSync(join(dir, "sparse"), "12:00:00 1 2 3 4 5 6\n");
    truncateSync(join(dir, "sparse"), 10 * 1024 ** 3);
    for (const [file, said] of [
      [join(dir, "fifo"), "is a FIFO (named pipe), not a regular file"],
      ["/dev/zero", "is a device, not a regular file"],
      [dir, "is a directory, not a regular file"],
      [join(dir, "sparse"), "has 10.0 GiB; more than 1.0 GiB is not read"],
    ] as const) {
      const startedMs = performance.now();
      const { exitCode, stderr } = await run(["import", file, "--home", join(dir, "home")]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(said) });
      expect(performance.now() - startedMs).toBeLessThan(5000);
    }
  });

  test("of data files goes around a loop of links", async () => {
    const dir = scene.dir();
    mkdirSync(join(dir, "data/ncs.smp"), { recursive: true });
    writeFileSync(join(dir, "data/ncs.smp/mem_ncs.smp.log"), "12:00:00 1 2 3 4 5 6\n12:00:01 1 2 3 4 5 6\n");
    symlinkSync("..", join(dir, "data/ncs.smp/up"));
    const { exitCode, stdout } = await run(["graph", "--data", join(dir, "data"), "--out", join(dir, "out")]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("2 measurements") });
  });
});

describe("a watched log that is a FIFO", () => {
  test("is refused at the start, with exit 2", async () => {
    execFileSync("mkfifo", [join(scene.dir(), "m.log")]);
    const words = ["watch", "m.log", "a.log", "--home", join(scene.dir(), "home")];
    const { exitCode, stderr } = await run(words, { cwd: scene.dir() });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining("m.log is a FIFO") });
  });
});

describe("what is written where the operator says", () => {
  test("does not go through a link that is in its place", async () => {
    const dir = scene.dir();
    writeFileSync(join(dir, "victim"), "original");
    for (const name of ["nsomem.d.ts", "nsomem.d.ts.partial", "plot.sh", "plot.sh.partial", "nsomem.toml"])
      symlinkSync("victim", join(dir, name));
    expect((await run(["init", dir])).stdout).toContain("nsomem.toml is there already and stays as it is");
    expect((await run(["extract", dir])).exitCode).toBe(0);
    expect(readFileSync(join(dir, "plot.sh"), "utf8")).toStartWith("#!");
    expect(readFileSync(join(dir, "victim"), "utf8")).toBe("original");
  });
});
