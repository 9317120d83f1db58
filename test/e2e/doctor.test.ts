/** `nsomem doctor` on real processes, each with something that stands against a rescue; and several NSO side by side. */

import { afterEach, describe, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { Check } from "../../src/core/check.ts";
import { type Beam, beamMissing, startBeam } from "../lab/beam.ts";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Diagnosis {
  exitCode: number | null;
  verdict: string;
  checks: Map<string, Check>;
}

/** Runs it on one core with the given configuration. */
async function diagnose(pid: number, config = "", env: Record<string, string> = {}): Promise<Diagnosis> {
  const home = join(scene.dir(), "home");
  mkdirSync(home, { recursive: true });
  const ncs = writeNcsCommand(join(scene.dir(), "bin"));
  writeFileSync(join(home, "nsomem.toml"), `[nso]\ncommand = "${ncs.path}"\n${config}`);
  const words = ["doctor", "--json", "--pid", String(pid), "--home", home];
  const { stdout, stderr, exitCode } = await run(words, { env });
  expect(stderr).toBe("");
  const { verdict, checks } = JSON.parse(stdout) as { verdict: string; checks: Check[] };
  return { exitCode, verdict, checks: new Map(checks.map((check) => [check.name, check])) };
}

const core = async (options: Partial<Parameters<typeof startBeam>[0]> = {}): Promise<Beam> =>
  scene.keep(await startBeam({ dir: join(scene.dir(), "run"), ...options }));

async function listen(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

describe("doctor", () => {
  testUnless(beamMissing, "finds nothing failed where a rescue would work, and exits 0", async () => {
    const port = await listen();
    const { pid } = await core({ env: { NCS_IPC_PORT: String(port) } });
    const { exitCode, checks } = await diagnose(pid);
    expect([...checks.values()].filter(({ verdict }) => verdict === "fail")).toEqual([]);
    expect(exitCode).toBe(0);
    for (const name of [
      "NSO found",
      "permission to signal",
      "core's environment",
      "crash dump path",
      "crash dump room",
      "crash dump inodes",
      "emulator flags",
      "core's limits",
      "NSO's memory-management",
      "ncs command",
      "IPC",
      "IPC access file",
      "other OOM daemons",
      "memory ceiling",
      "state directory",
    ])
      expect([name, checks.get(name)?.verdict]).toEqual([name, "ok"]);
    for (const name of [
      "overcommit",
      "swap",
      "clock",
      "agent",
      "own memory lock",
      "own oom score",
      "state inodes",
    ])
      expect(checks.has(name)).toBe(true);
  });

  testUnless(beamMissing, "fails where dumps are disabled, and says how to mend each line", async () => {
    const { pid } = await core({ env: { ERL_CRASH_DUMP_SECONDS: "0" } });
    const { exitCode, verdict, checks } = await diagnose(pid);
    expect({ exitCode, verdict }).toEqual({ exitCode: 1, verdict: "fail" });
    expect(checks.get("crash dump path")).toMatchObject({ verdict: "fail" });
    for (const check of checks.values()) if (check.verdict !== "ok") expect(check.mend).toBeString();
  });

  testUnless(
    beamMissing,
    "warns of an IPC where nobody listens, an access file it cannot read, and NSO's own memory-management",
    async () => {
      const conffile = join(scene.dir(), "ncs.conf");
      const threshold = "<used-memory-threshold-percentage>85</used-memory-threshold-percentage>";
      const action = `<action><name>a</name>${threshold}<debug-dump><count>2</count></debug-dump></action>`;
      writeFileSync(
        conffile,
        `<ncs-config><memory-management><actions>${action}</actions></memory-management></ncs-config>`,
      );
      const env = {
        NCS_IPC_PATH: join(scene.dir(), "no.sock"),
        NCS_IPC_ACCESS_FILE: join(scene.dir(), "none"),
      };
      const { pid } = await core({ conffile, env });
      const { exitCode, checks } = await diagnose(pid);
      expect(checks.get("IPC")).toMatchObject({ verdict: "warn" });
      expect(checks.get("IPC access file")).toMatchObject({ verdict: "fail" });
      expect(exitCode).toBe(1);
      const section = checks.get("NSO's memory-management");
      expect(section).toMatchObject({ verdict: "warn" });
      expect(section?.found).toContain("2 debug dumps at 85 % used");
      expect(section?.mend).toContain(
        "<used-memory-threshold-percentage>90</used-memory-threshold-percentage>",
      );
      const deferred = await diagnose(pid, "[debug_dump]\ndefer_to_nso = true\n");
      expect(deferred.checks.get("NSO's memory-management")).toMatchObject({ verdict: "ok" });
    },
  );

  testUnless(
    beamMissing ?? missingCommand("prlimit"),
    "warns of a file size limit, which would cut the dump without a word",
    async () => {
      const { pid } = await core();
      expect((await diagnose(pid)).checks.get("core's limits")).toMatchObject({ verdict: "ok" });
      Bun.spawnSync(["prlimit", "--pid", String(pid), "--fsize=1000000"]);
      expect((await diagnose(pid)).checks.get("core's limits")).toMatchObject({ verdict: "warn" });
    },
  );

  testUnless(beamMissing, "fails without NSO, and shows a table to people", async () => {
    const { exitCode, stdout } = await run(["doctor", "--pid", "1", "--home", join(scene.dir(), "home")]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail NSO found +PID 1 is not an NSO core/);
    expect(stdout).toMatch(/\d+ ok, \d+ to look at, \d+ failed/);
  });
});

describe("several NSO on one host", () => {
  testUnless(nativeMissing, "have an agent each by --conffile and --name, sharing nothing", async () => {
    const home = join(scene.dir(), "home");
    const names = ["east", "west"];
    const confOf = (name: string) => join(scene.dir(), `${name}.conf`);
    const pids = new Map<string, number>();
    for (const name of names) {
      const { pid } = scene.keep(await startCore({ conffile: confOf(name) }));
      pids.set(name, pid);
      const words = ["start", "--daemon", "--home", home, "--name", name, "--conffile", confOf(name)];
      const started = await run(words);
      scene.keep({ stop: async () => void (await run(["stop", "--home", home, "--name", name])) });
      expect(started).toMatchObject({ exitCode: 0, stderr: "" });
    }
    for (const name of names) {
      const { stdout } = await run(["status", "--json", "--home", home, "--name", name]);
      expect(JSON.parse(stdout).nso).toMatchObject({ pid: pids.get(name), conffile: confOf(name) });
    }
    expect((await run(["status", "--home", home])).exitCode).toBe(3);
    expect((await run(["stop", "--home", home, "--name", "east"])).exitCode).toBe(0);
    expect((await run(["status", "--home", home, "--name", "west"])).exitCode).toBe(0);
  });

  testUnless(
    nativeMissing,
    "a name that is a way out of the home is refused, and so are two ways to choose",
    async () => {
      const home = join(scene.dir(), "home");
      expect((await run(["status", "--home", home, "--name", "../x"])).exitCode).toBe(2);
      const both = await run(["start", "--home", home, "--pid", "1", "--conffile", "/x"]);
      expect(both.exitCode).toBe(2);
      expect(both.stderr).toContain("use one of them");
    },
  );
});
