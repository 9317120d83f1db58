import { afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { doNow } from "../../src/linux/file-work.ts";
import {
  findHolder,
  type LockFile,
  type LockHolder,
  readNotes,
  takeLock,
} from "../../src/linux/lock-file.ts";
import { namespaceOf } from "../../src/linux/namespace.ts";
import { identify, readBootId } from "../../src/linux/procfs.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

function lockPath(): string {
  const dir = mkdtempSync(join(tmpdir(), "lock-file-"));
  ends.push(() => rmSync(dir, { recursive: true }));
  return join(dir, "nsomem.lock");
}

function held(path: string): LockFile {
  const attempt = doNow(takeLock(path, "/place"));
  if (!("lock" in attempt)) throw new Error(`held by ${JSON.stringify(attempt.heldBy)}`);
  ends.push(() => doNow(attempt.lock.release({ remove: true })));
  return attempt.lock;
}

const module = resolve("src/linux/lock-file.ts");
const fileWork = resolve("src/linux/file-work.ts");

/** Another process that takes the lock and holds it until it is killed; resolves when it has it. */
async function otherHolder(path: string, prefix: string[] = []) {
  const program = `const { takeLock } = await import(${JSON.stringify(module)});
    const { doNow } = await import(${JSON.stringify(fileWork)});
    console.log(JSON.stringify("lock" in doNow(takeLock(${JSON.stringify(path)}, "/other"))));
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([...prefix, process.execPath, "-e", program], {
    stdout: "pipe",
    stderr: "inherit",
  });
  ends.push(() => child.kill("SIGKILL"));
  for await (const chunk of child.stdout) {
    expect(new TextDecoder().decode(chunk).trim()).toBe("true");
    break;
  }
  return child;
}

const myName = {
  pid: process.pid,
  startTicks: identify("/proc", process.pid)?.startTicks,
  bootId: readBootId("/proc"),
  pidNamespace: namespaceOf("/proc", "self", "pid"),
};

describe("a lock file", () => {
  test("names its holder while it is held, and nobody after it was given up", () => {
    const path = lockPath();
    const lock = held(path);
    expect(doNow(findHolder(path))).toMatchObject({ ...myName, place: "/place" });
    doNow(lock.release({ remove: false }));
    ends.pop();
    expect(existsSync(path)).toBe(true);
    expect(doNow(findHolder(path))).toBeUndefined();
  });

  test("is refused while another process holds it, naming that one, and free the moment that is killed", async () => {
    const path = lockPath();
    const other = await otherHolder(path);
    expect(doNow(takeLock(path, "/place"))).toMatchObject({ heldBy: { pid: other.pid, place: "/other" } });
    expect(doNow(findHolder(path))?.pid).toBe(other.pid);
    other.kill("SIGKILL");
    await other.exited;
    expect(doNow(findHolder(path))).toBeUndefined();
    held(path);
  });

  test("held in a PID namespace below ours it is refused, and the kernel says by whom", async () => {
    const path = lockPath();
    const outer = await otherHolder(path, ["unshare", "--pid", "--fork", "--kill-child"]);
    const children = await Bun.file(`/proc/${outer.pid}/task/${outer.pid}/children`).text();
    expect(doNow(takeLock(path, "/place"))).toMatchObject({ heldBy: { pid: Number(children) } });
    expect(doNow(findHolder(path))?.pid).toBe(Number(children));
  });

  test("a forged line that names a live process gives that process nothing: it has not the file open", () => {
    const path = lockPath();
    writeFileSync(path, `${JSON.stringify({ ...myName, place: "/forged" })}\n`);
    expect(doNow(findHolder(path))).toBeUndefined();
    const innocent = { ...myName, pid: 1, startTicks: identify("/proc", 1)?.startTicks };
    writeFileSync(path, `${JSON.stringify({ ...innocent, place: "/forged" })}\n`);
    expect(doNow(findHolder(path))).toBeUndefined();
    held(path);
  });

  for (const [what, change] of [
    ["the boot before", { bootId: "00000000-0000-0000-0000-000000000000" }],
    ["a process that had this PID earlier", { startTicks: 1 }],
    ["another PID namespace", { pidNamespace: "pid:[1]" }],
  ] as const)
    test(`a name from ${what} is nobody's: the kernel names who holds it`, () => {
      const path = lockPath();
      const lock = held(path);
      writeFileSync(path, `${JSON.stringify({ ...myName, place: "/place", ...change })}\n`);
      expect(doNow(findHolder(path))).toEqual({ ...myName, place: "" } as LockHolder);
      doNow(lock.release({ remove: false }));
      ends.pop();
      expect(doNow(findHolder(path))).toBeUndefined();
    });

  for (const garbage of ["", "x\n", "{}\n", '{"pid":-4,"startTicks":1}\n', "[1]\n", "null\n", "\0\0\0\n"])
    test(`${JSON.stringify(garbage)} in it names nobody and can be taken`, () => {
      const path = lockPath();
      writeFileSync(path, garbage);
      expect(doNow(findHolder(path))).toBeUndefined();
      held(path);
      expect(doNow(findHolder(path))?.pid).toBe(process.pid);
    });

  test("removed or replaced under its holder, it is not in place any more", () => {
    const path = lockPath();
    const lock = held(path);
    expect(doNow(lock.isInPlace())).toBe(true);
    renameSync(path, `${path}.away`);
    expect(doNow(lock.isInPlace())).toBe(false);
    writeFileSync(path, "");
    expect(doNow(lock.isInPlace())).toBe(false);
  });

  test("notes outlive the holder, however it ends", async () => {
    const path = lockPath();
    const lock = held(path);
    doNow(lock.note("first"));
    doNow(lock.note("second"));
    doNow(lock.release({ remove: false }));
    ends.pop();
    expect(doNow(readNotes(path))).toEqual(["first", "second"]);
    expect(held(path).notes()).toEqual(["first", "second"]);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(4);
  });

  test("a link, a FIFO and a directory are refused with a sentence, at once", () => {
    const path = lockPath();
    symlinkSync("/etc/hostname", path);
    expect(() => doNow(takeLock(path, "/place"))).toThrow();
    expect(() => doNow(findHolder(path))).toThrow(`cannot read ${path}`);
    rmSync(path);
    execFileSync("mkfifo", [path]);
    expect(() => doNow(takeLock(path, "/place"))).toThrow(`${path} is a FIFO`);
    expect(() => doNow(findHolder(path))).toThrow(`${path} is a FIFO`);
  });

  test("another user who may not read it is told so, not that nobody holds it", () => {
    const path = lockPath();
    held(path);
    const program = `const { findHolder } = await import(${JSON.stringify(module)});
      const { doNow } = await import(${JSON.stringify(fileWork)});
      try { console.log("found", doNow(findHolder(${JSON.stringify(path)}))) } catch (error) { console.log(error.message) }`;
    const child = Bun.spawnSync(
      ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", process.execPath, "-e", program],
      { env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent" } },
    );
    expect(child.stdout.toString()).toContain(`cannot read ${path}: EACCES`);
  });
});
