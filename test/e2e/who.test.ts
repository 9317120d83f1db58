/** Who is NSO where several users run what looks like it: real processes of root and of two others. */

import { describe, expect } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../../src/core/check.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing, nativeProgram } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { asUser, usersMissing } from "../lab/users.ts";
import { run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = nativeMissing ?? usersMissing;
const stranger = 12345;
const nobody = 65534;

/** No other NSO on this host has it, so that those do not matter. */
const conffile = () => join(scene.dir(), "ncs.conf");
const home = (name = "home") => ["--home", join(scene.dir(), name)];
const named = () => ["--conffile", conffile()];

/** A core of root, or of user `as`, that executes a file in a directory of the mode `dirMode`. */
async function core({ as, dirMode = 0o755 }: { as?: number; dirMode?: number } = {}) {
  const bin = join(scene.dir(), `bin-${dirMode}`);
  mkdirSync(bin, { recursive: true });
  const program = join(bin, "ncs.smp");
  copyFileSync(nativeProgram("core"), `${program}.${as ?? 0}`);
  chmodSync(`${program}.${as ?? 0}`, 0o755);
  chmodSync(bin, dirMode);
  chmodSync(scene.dir(), 0o755);
  const who = as === undefined ? {} : { as };
  return scene.keep(await startCore({ conffile: conffile(), program: `${program}.${as ?? 0}`, ...who }));
}

async function doctor(words: string[] = named(), prefix: string[] = []): Promise<Check[]> {
  const { stdout } = await run(["doctor", "--json", ...words, ...home()], { prefix });
  return (JSON.parse(stdout) as { checks: Check[] }).checks;
}
const check = (checks: readonly Check[], name: string) => checks.find((one) => one.name === name);

describe("a stranger's look-alike", () => {
  testUnless(
    missing ?? kernelViewMissing(),
    "does not take the rescue from a core that restarts: that one is followed again, and signalled",
    async () => {
      const view = createKernelView(join(scene.dir(), "kernel"));
      const real = await core();
      const config = "[actions]\nwarning_phy = []\n";
      const agent = scene.agent({ words: ["--wait", ...named()], config, prefix: view.prefix });
      await agent.statusWhen("the core", ({ nso }) => nso?.pid === real.pid);
      const fake = await core({ as: stranger });
      await real.stop();
      await until("a word about the stranger", () =>
        agent.log("agent.log").includes(`PID ${fake.pid} of user ${stranger} looks like NSO`),
      );
      expect(agent.status()).toMatchObject({ nso: null, processes: [] });
      const back = await core();
      await agent.statusWhen("its return", ({ nso }) => nso?.pid === back.pid);
      view.set({ physicalPercent: 96 });
      expect((await back.arrival()).signal).toBe("SIGUSR1");
      expect(fake.isRunning()).toBe(true);
      // Not signalled: the first thing that it hears is the end of the test.
      expect(await fake.arrival(200).catch(() => "nothing")).toBe("nothing");
    },
  );

  testUnless(missing, "is not ambiguous with root's core, and doctor names it", async () => {
    const fake = await core({ as: stranger });
    const real = await core();
    await core({ as: nobody });
    const agent = scene.agent({ words: named() });
    await agent.statusWhen("the core", ({ nso }) => nso?.pid === real.pid);
    const checks = await doctor();
    expect(check(checks, "NSO found")).toMatchObject({ verdict: "ok" });
    expect(check(checks, "NSO found")?.found).toContain(`PID ${real.pid} of user root`);
    expect(checks.filter(({ name }) => name === "not followed")).toHaveLength(2);
    expect(check(checks, "not followed")).toMatchObject({
      verdict: "warn",
      found: expect.stringContaining(`PID ${fake.pid} of user ${stranger}`),
      mend: `name it with --user ${stranger} or --pid ${fake.pid}`,
    });
  });

  testUnless(missing, "alone is not followed by a start, which names it; --user and --pid do", async () => {
    const fake = await core({ as: stranger });
    const { exitCode, stderr } = await run(["start", ...named(), ...home()]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      `PID ${fake.pid} of user ${stranger} looks like NSO, but it belongs neither to root`,
    );
    expect(stderr).toContain(`name it with --user ${stranger} or --pid ${fake.pid}`);
    for (const words of [
      ["--user", String(stranger), ...named()],
      ["--pid", String(fake.pid)],
    ]) {
      const agent = scene.agent({ words });
      await agent.statusWhen("the core", ({ nso }) => nso?.pid === fake.pid);
      await agent.stop();
    }
  });

  testUnless(missing, "is followed where [nso] user pins its user, and root's core then is not", async () => {
    await core();
    const pinned = await core({ as: stranger });
    const agent = scene.agent({ words: named(), config: `[nso]\nuser = ${stranger}\n` });
    await agent.statusWhen("the core", ({ nso }) => nso?.pid === pinned.pid);
  });
});

describe("root's core", () => {
  testUnless(missing, "in a directory that everyone may write needs --pid", async () => {
    const open = await core({ dirMode: 0o777 });
    const { exitCode, stderr } = await run(["start", ...named(), ...home()]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain("can be written by others (mode 0777); mend that, or name it with --pid");
    const agent = scene.agent({ words: ["--pid", String(open.pid)] });
    await agent.statusWhen("the core", ({ nso }) => nso?.pid === open.pid);
  });

  testUnless(missing, "cannot be judged by another user, who is told so and needs --pid", async () => {
    const real = await core();
    const checks = await doctor(named(), asUser(nobody));
    expect(check(checks, "NSO found")).toMatchObject({ verdict: "fail" });
    expect(check(checks, "not followed")).toMatchObject({
      found: expect.stringContaining(`what it executes cannot be read (/proc/${real.pid}/exe: EACCES)`),
      mend: `name it with --pid ${real.pid}`,
    });
    const byPid = await doctor(["--pid", String(real.pid)], asUser(nobody));
    expect(check(byPid, "NSO found")).toMatchObject({ verdict: "ok" });
  });
});

testUnless(
  missing,
  "an ordinary user's core is followed by his own nsomem, and a stranger's is not",
  async () => {
    await core({ as: nobody });
    const own = await core({ as: stranger });
    const checks = await doctor(named(), asUser(stranger));
    expect(check(checks, "NSO found")?.found).toContain(`PID ${own.pid} of user ${stranger}`);
  },
);

testUnless(
  missing,
  "a user that is not known is refused by start and by config check, with its place",
  async () => {
    mkdirSync(join(scene.dir(), "home"));
    const file = join(scene.dir(), "home/nsomem.toml");
    writeFileSync(file, '[nso]\nuser = "no-such-user"\n');
    const start = await run(["start", ...home()]);
    expect(start.exitCode).toBe(2);
    expect(start.stderr).toContain(`${file}:2:1: nso.user is "no-such-user": no such user in /etc/passwd`);
    expect((await run(["config", "check", ...home()])).stderr).toBe(start.stderr);
    expect((await run(["start", ...home("other"), "--user", "no-such-user"])).exitCode).toBe(2);
  },
);
