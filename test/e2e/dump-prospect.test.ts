/** Whether a crash dump can come, where it goes and how it is known for a new one: on real BEAMs and file systems. */

import { describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Beam, type BeamOptions, startBeam } from "../lab/beam.ts";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { asNobody, capableCopy, dumpingMissing, nobody, prepareDumping, readableCopy } from "./dumping.ts";
import { kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = dumpingMissing;
const prepare = (more = {}) => prepareDumping(scene, more);

const start = async (options: BeamOptions): Promise<Beam> => scene.keep(await startBeam(options));

const ends = (actions: { outcome: string }[]) => actions.some(({ outcome }) => outcome !== "running");

describe("hopeless is said long before, and NSO is left alone", () => {
  async function leftAlone(options: BeamOptions, reason: string) {
    const { view, config } = prepare();
    const beam = await start(options);
    const words = ["--pid", String(beam.pid)];
    const doctor = await run(["doctor", "--home", join(scene.dir(), "home"), ...words]);
    expect(doctor.stdout).toContain(reason);
    const agent = scene.agent({ config, prefix: view.prefix, words });
    const before = await agent.statusWhen(
      "the outlook",
      ({ crash_dump: dump }) => dump?.outlook === "hopeless",
    );
    expect(before.memory.physical?.level).toBe("normal");
    expect(before.problems.join()).toContain(reason);
    expect(agent.log("agent.log")).toContain(`no crash dump is possible: `);
    view.set({ physicalPercent: 96 });
    const status = await agent.statusWhen("the decision", ({ actions }) => ends(actions));
    expect(status.actions[0]?.message).toContain("no signal sent");
    expect(beam.isRunning()).toBe(true);
  }
  const runDir = () => join(scene.dir(), "run");

  testUnless(missing, "ERL_CRASH_DUMP=/dev/null", () =>
    leftAlone({ dir: runDir(), env: { ERL_CRASH_DUMP: "/dev/null" } }, "/dev/null: is a device"),
  );

  testUnless(missing, "-heart without ERL_CRASH_DUMP_SECONDS", () =>
    leftAlone({ dir: runDir(), flags: ["-heart"] }, "-heart without ERL_CRASH_DUMP_SECONDS"),
  );

  testUnless(missing, "ERL_CRASH_DUMP_SECONDS without a number", () =>
    leftAlone({ dir: runDir(), env: { ERL_CRASH_DUMP_SECONDS: "" } }, 'ERL_CRASH_DUMP_SECONDS=""'),
  );

  testUnless(missing ?? missingCommand("mkfifo"), "a FIFO", async () => {
    const fifo = join(scene.dir(), "fifo");
    Bun.spawnSync(["mkfifo", fifo]);
    await leftAlone({ dir: runDir(), env: { ERL_CRASH_DUMP: fifo } }, "is a FIFO");
  });

  testUnless(missing, "a directory that is not there", () =>
    leftAlone(
      { dir: runDir(), env: { ERL_CRASH_DUMP: join(scene.dir(), "none/x.dump") } },
      "its directory does not exist",
    ),
  );
});

describe("what only the file system knows", () => {
  testUnless(
    missing ?? missingCommand("setpriv"),
    "a directory above the dump's that NSO's user may not pass: the probe is refused, and status and log say so",
    async () => {
      const { config, runDir } = prepare();
      // Its own mode lets everybody in.
      const inner = join(scene.dir(), "closed/inner");
      mkdirSync(inner, { recursive: true });
      chmodSync(inner, 0o777);
      chmodSync(join(scene.dir(), "closed"), 0o700);
      chmodSync(scene.dir(), 0o755);
      mkdirSync(runDir, { recursive: true });
      chownSync(runDir, nobody, nobody);
      const beam = await start({
        dir: runDir,
        prefix: asNobody,
        relocate: (root) => readableCopy(scene, root),
        env: { ERL_CRASH_DUMP: join(inner, "x.dump") },
      });
      const words = ["--pid", String(beam.pid)];
      const { stdout } = await run(["doctor", "--home", join(scene.dir(), "home"), ...words]);
      expect(stdout).toMatch(/crash dump path .*no file can be made there by the core's user \(uid 65534\)/);
      // Without a kernel view: from mounts of its own the agent enters the directory on another way.
      const agent = scene.agent({ config, words });
      const status = await agent.statusWhen(
        "the probe",
        ({ crash_dump: dump }) => dump?.outlook === "hopeless",
      );
      expect(status.problems.join()).toContain("no file can be made there by the core's user (uid 65534)");
      expect(agent.log("action.log")).toContain("no crash dump is possible");
      expect(readdirSync(inner)).toEqual([]);
    },
  );
});

describe("a link to a larger disk", () => {
  testUnless(missing, "stays, the older dump is kept beside the new one, which is found there", async () => {
    const { view, config, runDir } = prepare();
    const large = join(scene.dir(), "large");
    mkdirSync(large);
    mkdirSync(runDir, { recursive: true });
    const dump = join(large, "erl_crash.dump");
    writeFileSync(dump, "an older one\n=end\n");
    utimesSync(dump, new Date("2026-01-02T03:04:05Z"), new Date("2026-01-02T03:04:05Z"));
    symlinkSync(dump, join(runDir, "erl_crash.dump"));
    const beam = await start({ dir: runDir });
    const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
    const before = await agent.statusWhen("the outlook", ({ crash_dump: known }) => known != null);
    expect(before.crash_dump).toMatchObject({ outlook: "good", path: join(runDir, "erl_crash.dump") });
    view.set({ physicalPercent: 96 });
    await beam.exited;
    await agent.ended;
    expect(lstatSync(join(runDir, "erl_crash.dump")).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${dump}.20260102T030405Z`, "utf8")).toBe("an older one\n=end\n");
    expect(readFileSync(dump, "utf8")).toEndWith("=end\n");
    expect(agent.status()?.actions[0]).toMatchObject({ outcome: "done", files: [dump] });
  });

  testUnless(
    missing ?? missingCommand("unshare", "mount"),
    "in a container is one of the container's: the dump is found behind it and copied out",
    async () => {
      const { view, config, runDir } = prepare();
      const hidden = join(scene.dir(), "hidden");
      mkdirSync(hidden);
      const inside =
        'mount -t tmpfs tmpfs "$0" && mkdir "$0/large" && ln -s "$0/large/dump" "$0/erl_crash.dump" && exec "$@"';
      const beam = await start({
        dir: runDir,
        env: { ERL_CRASH_DUMP: join(hidden, "erl_crash.dump") },
        prefix: ["unshare", "-m", "sh", "-c", inside, hidden],
      });
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      await agent.statusWhen("the outlook", ({ crash_dump: dump }) => dump?.outlook === "good");
      view.set({ physicalPercent: 96 });
      await beam.exited;
      await agent.ended;
      const [action] = agent.status()?.actions ?? [];
      expect(action).toMatchObject({ outcome: "done" });
      expect(readFileSync(action?.files[0] ?? "", "utf8")).toEndWith("=end\n");
    },
  );
});

describe("a new dump", () => {
  testUnless(
    nativeMissing ?? kernelViewMissing(),
    "is found although its file server's clock is 20 s behind ours",
    async () => {
      const { view, config, runDir } = prepare();
      mkdirSync(runDir, { recursive: true });
      const dumpPath = join(runDir, "ncs_crash.dump");
      const core = scene.keep(await startCore({ cwd: runDir, dumpPath, dumpSkew: -20 }));
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(core.pid)] });
      await agent.statusWhen("the outlook", ({ crash_dump: dump }) => dump != null);
      view.set({ physicalPercent: 96 });
      await agent.ended;
      expect(agent.status()?.actions[0]).toMatchObject({ outcome: "done", files: [dumpPath] });
    },
  );

  testUnless(
    missing ?? missingCommand("setpriv", "setcap"),
    "with a time in its name is found where the environment may not be read",
    async () => {
      const { view, config, runDir } = prepare({ nso: `run_dir = "${join(scene.dir(), "run")}"` });
      chmodSync(scene.dir(), 0o755);
      for (const name of ["run", "home"]) {
        mkdirSync(join(scene.dir(), name), { recursive: true });
        chownSync(join(scene.dir(), name), nobody, nobody);
      }
      writeFileSync(join(runDir, "ncs_crash.dump.20260101-000000"), "an older one\n=end\n");
      const beam = await start({
        dir: runDir,
        prefix: asNobody,
        env: { ERL_CRASH_DUMP: "ncs_crash.dump.20261128-153549" },
        relocate: (root) => capableCopy(scene, root),
      });
      const agent = scene.agent({
        config,
        prefix: [...view.prefix, ...asNobody],
        words: ["--pid", String(beam.pid)],
      });
      await agent.statusWhen("the outlook", ({ crash_dump: dump }) => dump != null);
      view.set({ physicalPercent: 96 });
      await beam.exited;
      await agent.ended;
      expect(agent.status()?.actions[0]).toMatchObject({
        outcome: "done",
        files: [join(runDir, "ncs_crash.dump.20261128-153549")],
      });
    },
  );
});

describe("a /proc that hides processes", () => {
  testUnless(
    nativeMissing ?? missingCommand("unshare", "mount", "setpriv"),
    "is named by doctor and by start: what cannot be seen is not known not to be",
    async () => {
      const core = scene.keep(await startCore());
      chmodSync(scene.dir(), 0o755);
      const home = join(scene.dir(), "home");
      mkdirSync(home);
      chownSync(home, nobody, nobody);
      const copy = join(scene.dir(), "nsomem");
      cpSync(nsomem, copy);
      const hidden = (...words: string[]) => {
        const shell = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
        const command = ["unshare", "-m", "sh", "-c", shell, "sh", ...asNobody, copy, ...words];
        const { stdout, stderr } = Bun.spawnSync(command, { env: plainEnvironment });
        return `${stdout}${stderr}`;
      };
      expect(hidden("doctor", "--home", home)).toMatch(/NSO found.*hidepid/);
      expect(hidden("start", "--home", home)).toContain("hidepid");
      expect(core.isRunning()).toBe(true);
    },
  );
});

describe("an executable that can never be started", () => {
  testUnless(
    nativeMissing,
    "is refused by config check, by start and by a reload, which keeps the old configuration",
    async () => {
      const home = join(scene.dir(), "home");
      mkdirSync(home, { recursive: true });
      const file = join(home, "nsomem.toml");
      const page = join(scene.dir(), "page");
      const core = scene.keep(await startCore());
      const agent = scene.agent({ config: "", words: ["--pid", String(core.pid)] });
      await agent.statusWhen("a status", () => true);
      writeFileSync(page, "#!/bin/sh\r\necho page\r\n", { mode: 0o755 });
      writeFileSync(file, `[actions]\nwarning_phy = ["run:${page}"]\n`);
      const check = await run(["config", "check", file]);
      expect(check.exitCode).toBe(2);
      expect(check.stderr).toContain("CR LF");
      const reload = await run(["reload", "--home", home]);
      expect(reload.exitCode).not.toBe(0);
      expect(`${reload.stdout}${reload.stderr}`).toContain("CR LF");
      expect(agent.isRunning()).toBe(true);
      const second = await run(["start", "--home", join(scene.dir(), "other"), "--config", file]);
      expect(second).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("CR LF") });
    },
  );
});
