import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquirePidFile, readLiveAgent } from "../../src/linux/pid-file.ts";
import { identify, readBootId } from "../../src/linux/procfs.ts";

const dirs: string[] = [];
const pidFile = () => {
  const dir = mkdtempSync(join(tmpdir(), "pid-file-"));
  dirs.push(dir);
  return join(dir, "nsomem.pid");
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

const self = identify("/proc", process.pid);
const bootId = readBootId("/proc");
const write = (file: string, pid: number, startTicks: number, boot = bootId) =>
  writeFileSync(file, `${pid}\n${startTicks}\n${boot}\n`);

describe("the PID file", () => {
  test("names this process, first line alone for other tools, and is gone after release", () => {
    const file = pidFile();
    const release = acquirePidFile(file, "/proc");
    expect(readFileSync(file, "utf8").split("\n")[0]).toBe(String(process.pid));
    expect(readLiveAgent(file, "/proc")?.pid).toBe(process.pid);
    release();
    expect(existsSync(file)).toBe(false);
  });

  test("a live owner is refused by PID with exit code 5", () => {
    const file = pidFile();
    acquirePidFile(file, "/proc");
    try {
      acquirePidFile(file, "/proc");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "HOME_IN_USE", exitCode: 5 });
      expect(String(error)).toContain(`PID ${process.pid}`);
    }
  });

  test("a crashed owner is stale: no such process", () => {
    const file = pidFile();
    write(file, 4_194_303, 5);
    expect(readLiveAgent(file, "/proc")).toBeUndefined();
    acquirePidFile(file, "/proc")();
  });

  test("a reused PID is stale: another start time", () => {
    const file = pidFile();
    write(file, process.pid, (self?.startTicks ?? 0) + 1);
    expect(readLiveAgent(file, "/proc")).toBeUndefined();
    acquirePidFile(file, "/proc")();
  });

  test("an owner from before the reboot is stale, even with PID and start time alike", () => {
    const file = pidFile();
    write(file, process.pid, self?.startTicks ?? 0, "another-boot");
    expect(readLiveAgent(file, "/proc")).toBeUndefined();
    acquirePidFile(file, "/proc")();
  });

  test.each(["", "rubbish", "12", "12\nx\n\n", "-1\n5\n\n"])("rubbish (%p) is stale", (text) => {
    const file = pidFile();
    writeFileSync(file, text);
    expect(readLiveAgent(file, "/proc")).toBeUndefined();
    acquirePidFile(file, "/proc")();
  });

  test("where it cannot be written, the place and the way out are named", () => {
    const file = pidFile();
    writeFileSync(file, "");
    const below = join(file, "nsomem.pid");
    expect(() => acquirePidFile(below, "/proc")).toThrow(`cannot write ${file}`);
    expect(() => acquirePidFile(below, "/proc")).toThrow("use another --home");
  });

  test("release leaves a successor's file alone", () => {
    const file = pidFile();
    const release = acquirePidFile(file, "/proc");
    write(file, 1, 1);
    release();
    expect(existsSync(file)).toBe(true);
  });
});
