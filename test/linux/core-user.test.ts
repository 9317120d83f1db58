import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCoreUser } from "../../src/linux/core-user.ts";
import { readCore } from "../../src/linux/nso.ts";
import { coreArgv, type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

/** A core with these lines in its status file, this environment and this executable's mode. */
function read(status: string, environ = "", mode = 0o755) {
  proc.put({ pid: 100, argv: coreArgv });
  const own = join(proc.dir, "100");
  writeFileSync(join(own, "status"), `Tgid:\t100\n${status}`);
  writeFileSync(join(own, "environ"), environ);
  mkdirSync(join(proc.dir, "files"), { recursive: true });
  const executable = join(proc.dir, "files/ncs.smp");
  writeFileSync(executable, "", { mode });
  // Not by the mode of its making: the umask and writes take such bits away.
  Bun.spawnSync(["chmod", mode.toString(8), executable]);
  symlinkSync(executable, join(own, "exe"));
  const core = readCore(proc.dir, 100);
  return core && readCoreUser(proc.dir, core);
}
const ids = (uid: string, gid = uid) => `Uid:\t${uid}\nGid:\t${gid}\n`;

describe("the user of a core", () => {
  test("is read with his groups and the NCS_ variables alone", () => {
    const status = `${ids("7\t7\t7\t7", "8\t8\t8\t8")}Groups:\t8 27 \n`;
    expect(read(status, "NCS_IPC_PORT=4\0PATH=/evil\0NCS_DIR=/n\0LD_PRELOAD=/e\0")).toMatchObject({
      ...{ uid: 7, gid: 8, groups: [8, 27], doubt: undefined },
      variables: { NCS_IPC_PORT: "4", NCS_DIR: "/n" },
      argv0: coreArgv[0],
    });
  });
  test("may have no further group: the line after an empty one is not taken for it", () =>
    expect(read(`${ids("7\t7\t7\t7")}Groups:\t \nNStgid:\t100\n`)?.groups).toEqual([]));
  test("is in doubt where its real user is another: the environment is that one's", () =>
    expect(read(ids("1000\t0\t0\t0"))?.doubt).toBe("PID 100 runs as two users at once"));
  test("is in doubt where its groups differ", () =>
    expect(read(ids("0\t0\t0\t0", "5\t0\t0\t0"))?.doubt).toBe("PID 100 runs as two users at once"));
  test("is in doubt where a set-user-ID program runs, whoever it has become", () =>
    expect(read(ids("0\t0\t0\t0"), "", 0o4755)?.doubt).toBe("PID 100 runs a set-user-ID program"));
  test("is nobody where the process is gone", () => {
    proc.put({ pid: 100, argv: coreArgv });
    const core = readCore(proc.dir, 100);
    proc.remove(100);
    expect(core && readCoreUser(proc.dir, core)).toBeUndefined();
  });
});
