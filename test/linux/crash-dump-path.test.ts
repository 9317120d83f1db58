import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeDump } from "../../src/core/dump-prospect.ts";
import { type CrashDumpHints, findCrashDumpTarget } from "../../src/linux/crash-dump-path.ts";
import { type Credentials, readCredentials, writeObstacle } from "../../src/linux/credentials.ts";
import { surveyTarget } from "../../src/linux/dump-survey.ts";
import { readCore } from "../../src/linux/nso.ts";
import { testUnless } from "../lab/missing.ts";
import { coreArgv, type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
let dir: string;
beforeEach(() => {
  proc = makeProc();
  dir = mkdtempSync(join(tmpdir(), "nsomem-place-"));
  proc.put({ pid: 100, argv: coreArgv, rssKib: 1000 });
});
afterEach(() => {
  proc.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The core's environment and working directory; undefined where they may not be read. */
function target(environ?: Record<string, string>, cwd?: string, hints: CrashDumpHints = {}) {
  const own = join(proc.dir, "100");
  const text = Object.entries(environ ?? {})
    .map(([name, value]) => `${name}=${value}\0`)
    .join("");
  if (environ) writeFileSync(join(own, "environ"), text);
  if (cwd) symlinkSync(cwd, join(own, "cwd"));
  const core = readCore(proc.dir, 100);
  if (!core) throw new Error("no core");
  return { core, found: findCrashDumpTarget(proc.dir, core, hints) };
}
const paths = (...args: Parameters<typeof target>) =>
  target(...args).found.places.map(({ path, fallback }) => `${path}${fallback ? " (fallback)" : ""}`);

describe("where the dump goes", () => {
  test("the run directory, by NSO's name and by Erlang's", () => {
    expect(paths({}, "/run/nso")).toEqual(["/run/nso/ncs_crash.dump", "/run/nso/erl_crash.dump"]);
  });

  test("NCS_DUMP before ERL_CRASH_DUMP, relative names from the run directory, the defaults as a fallback", () => {
    expect(paths({ NCS_DUMP: "d/x.dump", ERL_CRASH_DUMP: "/y.dump" }, "/run/nso")).toEqual([
      "/run/nso/d/x.dump",
      "/y.dump",
      "/run/nso/ncs_crash.dump (fallback)",
      "/run/nso/erl_crash.dump (fallback)",
    ]);
  });

  test("the configuration before everything, and alone where nothing can be read", () => {
    expect(paths({ NCS_DUMP: "/x" }, undefined, { crashDump: "/c.dump" })).toEqual(["/c.dump", "/x"]);
    proc.put({ pid: 100, argv: coreArgv });
    rmSync(join(proc.dir, "100/environ"));
    expect(paths(undefined, undefined, { runDir: "/r" })).toEqual(["/r/ncs_crash.dump", "/r/erl_crash.dump"]);
    expect(paths()).toEqual([]);
  });

  test("a relative name without a run directory is no place", () => {
    expect(paths({ NCS_DUMP: "x.dump" })).toEqual([]);
  });
});

test("an environment that cannot be read is said to be so", () => {
  expect(target().found.settings.environmentRead).toBe(false);
});

describe("who may write there", () => {
  const nobody: Credentials = {
    uid: 65534,
    gid: 65534,
    groups: [],
    overridesPermissions: false,
    overridesOwners: false,
    isMixed: false,
  };
  const file = () => join(dir, "erl_crash.dump");
  const root = { ...nobody, uid: 0, gid: 0, overridesPermissions: true, overridesOwners: true };
  const obstacle = async (who: Credentials = nobody, mover: Credentials = root) =>
    await writeObstacle({ directory: dir, file: file() }, who, mover);

  test("others by the last three bits, both needed: write and search", async () => {
    chmodSync(dir, 0o753);
    expect(await obstacle()).toEqual({ obstacle: undefined, mayCreate: true, isTaken: false });
    chmodSync(dir, 0o752);
    expect((await obstacle()).obstacle).toContain("not writable for the core's user (uid 65534)");
  });

  test("a group that one is in, by its bits alone", async () => {
    chmodSync(dir, 0o707);
    const member = { ...nobody, groups: [process.getgid?.() ?? 0] };
    expect((await obstacle(member)).obstacle).toContain("not writable");
  });

  test("an existing file that is writable is overwritten in a closed directory, and so must not be moved", async () => {
    writeFileSync(join(dir, "erl_crash.dump"), "old", { mode: 0o666 });
    chmodSync(join(dir, "erl_crash.dump"), 0o666);
    chmodSync(dir, 0o755);
    expect(await obstacle()).toEqual({ obstacle: undefined, mayCreate: false, isTaken: false });
  });

  const asRoot = process.geteuid?.() === 0 ? undefined : "root gives files to others";

  testUnless(asRoot, "another user's file in the way is to be moved, or there can be no dump", async () => {
    chownSync(dir, nobody.uid, nobody.gid);
    chmodSync(dir, 0o700);
    writeFileSync(file(), "another's", { mode: 0o644 });
    expect(await obstacle()).toEqual({ obstacle: undefined, mayCreate: true, isTaken: true });
    const stranger = { ...nobody, uid: 12345, gid: 12345 };
    expect((await obstacle(nobody, stranger)).obstacle).toBe(
      "a file of uid 0 is there, which the core's user (uid 65534) may not write and nsomem may not move aside",
    );
    chownSync(file(), nobody.uid, nobody.gid);
    expect(await obstacle(nobody, stranger)).toEqual({
      obstacle: undefined,
      mayCreate: true,
      isTaken: false,
    });
  });

  testUnless(asRoot, "in a sticky directory only with CAP_FOWNER is another's file moved", async () => {
    chownSync(dir, nobody.uid, nobody.gid);
    chmodSync(dir, 0o1777);
    writeFileSync(file(), "another's", { mode: 0o644 });
    chownSync(file(), 12345, 12345);
    expect(await obstacle()).toMatchObject({ obstacle: undefined, isTaken: true });
    expect((await obstacle(nobody, { ...root, overridesOwners: false })).obstacle).toContain(
      "may not move aside",
    );
    // The owner of the directory, and of the file.
    for (const uid of [nobody.uid, 12345])
      expect(await obstacle(nobody, { ...nobody, uid })).toMatchObject({
        obstacle: undefined,
        isTaken: true,
      });
  });

  test("a capability goes over permissions, but not over a directory in the file's place", async () => {
    const capable = { ...nobody, overridesPermissions: true };
    chmodSync(dir, 0o700);
    expect((await obstacle(capable)).obstacle).toBeUndefined();
    mkdirSync(join(dir, "erl_crash.dump"));
    expect((await obstacle(capable)).obstacle).toBe("is a directory");
  });

  test("a directory that is not there is told, and makes the outlook hopeless", async () => {
    const { core, found } = target({ NCS_DUMP: join(dir, "gone/x.dump") });
    writeFileSync(
      join(proc.dir, "100/status"),
      "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\nVmRSS:\t1000 kB\nCapEff:\t0\n",
    );
    const prospect = judgeDump((await surveyTarget(proc.dir, core.pid, found, () => undefined)).facts);
    expect(prospect).toMatchObject({ outlook: "hopeless" });
    expect(prospect.reasons[0]).toContain("its directory does not exist");
  });
});

test("a process without supplementary groups has none, and not the number in the line after", () => {
  writeFileSync(
    join(proc.dir, "100/status"),
    "Uid:\t7\t7\t7\t7\nGid:\t8\t8\t8\t8\nGroups:\t \nNStgid:\t100\nCapEff:\t0\n",
  );
  expect(readCredentials(proc.dir, 100)).toMatchObject({ uid: 7, gid: 8, groups: [] });
});
