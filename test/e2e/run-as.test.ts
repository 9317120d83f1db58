/** As whom root's agent runs a command for another user's NSO, in the compiled binary. */

import { describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { coreArguments, coreExecutable } from "../lab/command-line.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing, nativeProgram } from "../lab/native.ts";
import { startPart } from "../lab/part.ts";
import { asUser, usersMissing } from "../lab/users.ts";
import { run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? usersMissing ?? kernelViewMissing();
const nsoUser = 12345;

/** An installation as NSO's is laid out, all of it of user `uid`: a core and an `ncs` that writes who and what it is. */
function install(uid: number, ncsMode = 0o755): { dir: string; ncs: string; program: string } {
  // Other users may pass the test's directory, which is root's.
  chmodSync(scene.dir(), 0o755);
  const dir = join(scene.dir(), "nso");
  const program = join(dir, "lib/ncs/erts/bin/ncs.smp");
  const ncs = join(dir, "bin/ncs");
  mkdirSync(join(program, ".."), { recursive: true });
  mkdirSync(join(dir, "bin"));
  copyFileSync(nativeProgram("core"), program);
  writeFileSync(ncs, '#!/bin/sh\n{ id -u; id -g; id -G; env; } > "$2"\n');
  chmodSync(program, 0o755);
  chmodSync(ncs, ncsMode);
  Bun.spawnSync(["chown", "-R", `${uid}:${uid}`, dir]);
  return { dir, ncs, program };
}

/** The core of that installation, as user `uid` with these variables; resolves when it listens. */
async function startCoreOf(uid: number, program: string, env: Record<string, string>) {
  const renamed = `exec -a ${coreExecutable} "$0" "$@"`;
  const who = uid === 0 ? [] : asUser(uid);
  const [first = "bash", ...rest] = [...who, "bash", "-c", renamed, program];
  const core = scene.keep(startPart({ command: [first, ...rest, ...coreArguments()], cwd: "/", env }));
  await core.line();
  return core;
}

/** What came of the debug dumps of that core at a warning. */
async function dump(pid: number, home = join(scene.dir(), "home")) {
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o700);
  const view = createKernelView(join(scene.dir(), "kernel"));
  view.set({ physicalPercent: 91 });
  const agent = scene.agent({
    ...{ home, prefix: view.prefix },
    words: ["--pid", String(pid)],
    env: { PATH: "/usr/bin:/bin" },
    config: '[debug_dump]\ninterval = "0s"\n',
  });
  const status = await agent.statusWhen("the dumps", ({ actions }) =>
    actions.some(({ outcome }) => outcome !== "running"),
  );
  const [action] = status.actions;
  if (!action) throw new Error("no action in the status");
  return action;
}

const shown = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};

describe("another user's NSO", () => {
  testUnless(
    lacking,
    "has its three debug dumps taken as that user, with the variables that are listed, and they end up root's",
    async () => {
      const { dir, program } = install(nsoUser);
      const core = await startCoreOf(nsoUser, program, {
        NCS_DIR: dir,
        NCS_IPC_PORT: "4571",
        LD_LIBRARY_PATH: "/evil",
      });
      const { outcome, files } = await dump(core.pid);
      expect(outcome).toBe("done");
      expect(files.map(shown)).toEqual(["0:0 600", "0:0 600", "0:0 600"]);
      const [uid, gid, groups, ...env] = readFileSync(files[0] ?? "", "utf8")
        .trimEnd()
        .split("\n");
      expect([uid, gid, groups]).toEqual(["12345", "12345", "12345"]);
      expect(env.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).sort()).toEqual([
        ...["HOME=/", "LANG=C.UTF-8", `NCS_DIR=${dir}`, "NCS_IPC_PORT=4571"],
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ]);
      const incidents = join(scene.dir(), "home/incidents");
      const incident = join(incidents, readdirSync(incidents)[0] ?? "");
      expect([incidents, incident, join(scene.dir(), "home")].map(shown)).toEqual([
        "0:0 700",
        "0:0 700",
        "0:0 700",
      ]);
      expect(readdirSync(incident).filter((name) => name.startsWith("handover"))).toEqual([]);
    },
  );

  testUnless(
    lacking,
    "has none where its user cannot reach the agent's directory, which is named; doctor says so before",
    async () => {
      const { dir, program } = install(nsoUser);
      const core = await startCoreOf(nsoUser, program, { NCS_DIR: dir });
      const closed = join(scene.dir(), "closed");
      mkdirSync(closed, { mode: 0o700 });
      const sentence = `user 12345, as whom ncs runs, may not enter ${closed}; mend it with: chmod o+x ${closed}`;
      expect((await dump(core.pid, join(closed, "home"))).message).toBe(sentence);
      const words = ["doctor", "--all", "--pid", String(core.pid), "--home", join(closed, "home")];
      const { stdout } = await run(words, { env: { PATH: "/usr/bin:/bin" } });
      expect(stdout).toContain(`${join(dir, "bin/ncs")}, run as NSO's user 12345`);
      expect(stdout).toContain(sentence);
    },
  );
});

describe("root's NSO", () => {
  testUnless(lacking, "has no dump taken by an ncs that another user could write", async () => {
    const { dir, ncs, program } = install(0, 0o757);
    const core = await startCoreOf(0, program, { NCS_DIR: dir });
    const { outcome, message, files } = await dump(core.pid);
    expect({ outcome, files }).toEqual({ outcome: "failed", files: [] });
    expect(message).toStartWith(
      `no debug dump: refused: ${ncs} can be written by others (mode 0757); mend it with: chmod go-w ${ncs}`,
    );
  });
  testUnless(lacking, "has no dump taken by an ncs of another user", async () => {
    const { dir, ncs, program } = install(0);
    const core = await startCoreOf(0, program, { NCS_DIR: dir });
    chownSync(ncs, nsoUser, nsoUser);
    expect((await dump(core.pid)).message).toContain(`refused: ${ncs} belongs to user 12345, not to root`);
  });
});
