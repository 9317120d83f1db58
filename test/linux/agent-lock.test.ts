import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentLock, findAgent, holdAgent, takeAgentLock } from "../../src/linux/agent-lock.ts";
import { doNow } from "../../src/linux/file-work.ts";
import { identify, readBootId } from "../../src/linux/procfs.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

function home() {
  const state = mkdtempSync(join(tmpdir(), "agent-lock-"));
  ends.push(() => rmSync(state, { recursive: true, force: true }));
  return { state, lockFile: join(state, "nsomem.lock"), pidFile: join(state, "run/nsomem.pid") };
}

function taken(files: ReturnType<typeof home>): AgentLock {
  const lock = takeAgentLock(files);
  ends.push(() => doNow(lock.release()));
  return lock;
}

describe("the agent's lock", () => {
  test("the PID file names this process, its first line alone for other tools; both files go with it", () => {
    const files = home();
    const lock = takeAgentLock(files);
    expect(readFileSync(files.pidFile, "utf8").split("\n")[0]).toBe(String(process.pid));
    expect(findAgent(files)?.pid).toBe(process.pid);
    doNow(lock.release());
    expect(existsSync(files.pidFile)).toBe(false);
    expect(existsSync(files.lockFile)).toBe(false);
    expect(findAgent(files)).toBeUndefined();
  });

  test("a second agent is refused by the PID of the first, with exit code 5", () => {
    const files = home();
    taken(files);
    try {
      takeAgentLock(files);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "HOME_IN_USE", exitCode: 5 });
      expect(String(error)).toContain(`PID ${process.pid}`);
      expect(String(error)).toContain(files.state);
    }
  });

  test("a forged PID file is nobody's: it names a process that holds no lock", () => {
    const files = home();
    mkdirSync(join(files.state, "run"));
    const innocent = identify("/proc", process.ppid);
    writeFileSync(files.pidFile, `${innocent?.pid}\n${innocent?.startTicks}\n${readBootId("/proc")}\n`);
    expect(findAgent(files)).toBeUndefined();
    expect(() => holdAgent(files)).toThrow("not running");
  });

  test("garbage in the PID file changes nothing for the agent that runs", () => {
    const files = home();
    taken(files);
    writeFileSync(files.pidFile, "1\n1\nx\n");
    expect(findAgent(files)?.pid).toBe(process.pid);
  });

  test("what holds the lock and is not nsomem is not signalled", async () => {
    const files = home();
    // flock(1), with its name written into the file as an agent writes it.
    const child = Bun.spawn(["flock", files.lockFile, "sleep", "60"]);
    ends.push(() => child.kill("SIGKILL"));
    while (!existsSync(files.lockFile)) await Bun.sleep(10);
    await Bun.sleep(100);
    const { namespaceOf } = await import("../../src/linux/namespace.ts");
    const name = {
      ...identify("/proc", child.pid),
      bootId: readBootId("/proc"),
      pidNamespace: namespaceOf("/proc", "self", "pid"),
      place: files.state,
    };
    writeFileSync(files.lockFile, `${JSON.stringify(name)}\n`);
    expect(() => holdAgent(files)).toThrow(`PID ${child.pid} holds ${files.lockFile} and is not nsomem`);
    expect(child.exitCode).toBeNull();
  });

  test("a directory that was removed under the agent is made anew, and said once", () => {
    const files = home();
    const lock = taken(files);
    expect(doNow(lock.keep())).toBeUndefined();
    rmSync(files.state, { recursive: true });
    expect(doNow(lock.keep())).toContain("had been removed; made anew");
    expect(doNow(lock.keep())).toBeUndefined();
    expect(findAgent(files)?.pid).toBe(process.pid);
    expect(readFileSync(files.pidFile, "utf8").split("\n")[0]).toBe(String(process.pid));
  });

  test("a run directory that was removed alone is made anew too", () => {
    const files = home();
    const lock = taken(files);
    rmSync(join(files.state, "run"), { recursive: true });
    expect(doNow(lock.keep())).toContain("made anew");
    expect(existsSync(files.pidFile)).toBe(true);
  });

  test("where it cannot be made anew that is said once, and it goes on trying", () => {
    const files = home();
    const lock = taken(files);
    rmSync(files.state, { recursive: true });
    writeFileSync(files.state, "in the way");
    expect(doNow(lock.keep())).toContain("cannot write");
    expect(doNow(lock.keep())).toBeUndefined();
    rmSync(files.state);
    expect(doNow(lock.keep())).toContain("made anew");
  });

  test("a place that cannot be written to is named, with the way out", () => {
    const files = home();
    writeFileSync(join(files.state, "run"), "");
    expect(() =>
      takeAgentLock({ ...files, state: `${files.state}/run/x`, lockFile: `${files.state}/run/x/l` }),
    ).toThrow("use another --home");
  });
});

describe("on a full disk", () => {
  const fullDisk = () => {
    const state = mkdtempSync(join(tmpdir(), "agent-lock-full-"));
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", state]);
    ends.push(() => {
      Bun.spawnSync(["umount", "-l", state]);
      rmSync(state, { recursive: true, force: true });
    });
    if (!mounted.success) throw new Error(mounted.stderr.toString());
    try {
      writeFileSync(join(state, "x"), Buffer.alloc(80_000));
    } catch {
      // Full, as it is meant to be.
    }
    return state;
  };

  test("the lock is held all the same, and found by the kernel's list of locks", () => {
    const state = fullDisk();
    const run = mkdtempSync(join(tmpdir(), "agent-lock-run-"));
    ends.push(() => rmSync(run, { recursive: true, force: true }));
    const files = { state, lockFile: join(state, "nsomem.lock"), pidFile: join(run, "nsomem.pid") };
    taken(files);
    expect(readFileSync(files.lockFile, "utf8")).toBe("");
    expect(findAgent(files)?.pid).toBe(process.pid);
    expect(() => takeAgentLock(files)).toThrow("already works in");
  });

  test("where no file can be made at all, the directory itself is locked, and one agent alone has it", () => {
    const state = mkdtempSync(join(tmpdir(), "agent-lock-readonly-"));
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "ro,mode=700", "none", state]);
    expect(mounted.success).toBe(true);
    ends.push(() => {
      Bun.spawnSync(["umount", "-l", state]);
      rmSync(state, { recursive: true, force: true });
    });
    const files = { state, lockFile: join(state, "nsomem.lock"), pidFile: join(state, "run", "nsomem.pid") };
    const lock = taken(files);
    expect(findAgent(files)?.pid).toBe(process.pid);
    expect(() => takeAgentLock(files)).toThrow("already works in");
    expect(doNow(lock.keep())).toBeUndefined();
    // With room again a second agent could make the file, and must know of this one.
    Bun.spawnSync(["mount", "-o", "remount,rw", state]);
    expect(findAgent(files)?.pid).toBe(process.pid);
    ends.pop();
    doNow(lock.release());
    expect(findAgent(files)).toBeUndefined();
    taken(files);
  });

  test("a forged hint is nobody's there either", () => {
    const state = fullDisk();
    const files = { state, lockFile: join(state, "nsomem.lock"), pidFile: join(home().state, "nsomem.pid") };
    writeFileSync(files.lockFile, "");
    const innocent = identify("/proc", process.ppid);
    writeFileSync(files.pidFile, `${innocent?.pid}\n${innocent?.startTicks}\n${readBootId("/proc")}\n`);
    expect(findAgent(files)).toBeUndefined();
  });
});

test("where the state's directory takes no lock it lies in the run directory, and keeps others out", () => {
  const files = home();
  const inTheWay = join(files.state, "file");
  writeFileSync(inTheWay, "");
  const blocked = { ...files, state: join(inTheWay, "state"), lockFile: join(inTheWay, "state/nsomem.lock") };
  taken(blocked);
  expect(existsSync(join(files.state, "run/nsomem.lock"))).toBe(true);
  expect(findAgent(blocked)?.pid).toBe(process.pid);
  expect(() => takeAgentLock(blocked)).toThrow("already works in");
});
