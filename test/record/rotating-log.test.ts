import { afterEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLane } from "../../src/record/lane.ts";
import { openRotatingLog as open, type RotatingLogOptions } from "../../src/record/rotating-log.ts";
import { testUnless } from "../lab/missing.ts";

const openRotatingLog = (options: Omit<RotatingLogOptions, "lane">) =>
  open({ ...options, lane: createLane() });
const settleMsMax = 5000;
const noMounts = process.getuid?.() === 0 ? undefined : "root, to mount a file system";
const dirs: string[] = [];
const logPath = () => {
  const dir = mkdtempSync(join(tmpdir(), "rotating-"));
  dirs.push(dir);
  return join(dir, "logs", "monitor.log");
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

describe("a rotating log", () => {
  test("appends to what is there, private to its user", async () => {
    const path = logPath();
    for (const line of ["one", "two"]) {
      const log = openRotatingLog({ path, bytesMax: 1000, keep: 2 });
      log.write(line);
      expect(await log.close(settleMsMax)).toBe(true);
    }
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("never holds more than its limit, and keeps as many old files as it was told", async () => {
    const path = logPath();
    const log = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    for (let i = 0; i < 50; i++) log.write(`line ${i}`);
    expect(await log.close(settleMsMax)).toBe(true);
    for (const file of [path, `${path}.1`, `${path}.2`]) expect(statSync(file).size).toBeLessThanOrEqual(20);
    expect(existsSync(`${path}.3`)).toBe(false);
    expect(readFileSync(path, "utf8")).toContain("line 49");
  });

  test("keeps its lines while its directory cannot be made, says why, and writes them when it can", async () => {
    const path = logPath();
    const blocked = join(path, "..", "..", "blocked");
    writeFileSync(blocked, "");
    const log = openRotatingLog({ path: join(blocked, "x.log"), bytesMax: 1000, keep: 2 });
    log.write("early");
    expect(await log.close(settleMsMax)).toBe(false);
    expect(log.waiting()).toEqual({ lines: 1, reason: expect.stringContaining("is not a directory") });
    rmSync(blocked);
    log.write("late");
    expect(await log.close(settleMsMax)).toBe(true);
    expect(readFileSync(join(blocked, "x.log"), "utf8")).toBe("early\nlate\n");
    expect([log.lost(), log.waiting()]).toEqual([0, undefined]);
  });

  test("gives up the oldest of what waits where that is too much, and counts it", async () => {
    const path = logPath();
    writeFileSync(join(path, "..", "..", "blocked"), "");
    const log = openRotatingLog({ path: join(path, "..", "..", "blocked", "x.log"), bytesMax: 1e9, keep: 2 });
    for (let index = 0; index < 300; index++) log.write(`${index} ${"x".repeat(1000)}`);
    expect(await log.close(settleMsMax)).toBe(false);
    const kept = log.waiting()?.lines ?? 0;
    expect(kept).toBeLessThan(262);
    expect(kept + log.lost()).toBe(300);
    rmSync(join(path, "..", "..", "blocked"));
    expect(await log.close(settleMsMax)).toBe(true);
    const written = readFileSync(join(path, "..", "..", "blocked", "x.log"), "utf8")
      .trim()
      .split("\n");
    expect(written.map((line) => Number.parseInt(line, 10))).toEqual(
      Array.from({ length: kept }, (_, index) => 300 - kept + index),
    );
  });

  testUnless(
    noMounts,
    "on a disk that fills in the middle of a line nothing is lost or written twice",
    async () => {
      const dir = join(logPath(), "..", "..", "disk");
      mkdirSync(dir);
      const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", dir]);
      expect(mounted.success).toBe(true);
      try {
        const log = openRotatingLog({ path: join(dir, "x.log"), bytesMax: 1e9, keep: 2 });
        const lines = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(997)}`);
        for (const line of lines) log.write(line);
        expect(await log.close(settleMsMax)).toBe(false);
        expect(log.waiting()?.reason).toContain("ENOSPC");
        Bun.spawnSync(["mount", "-o", "remount,size=1m", dir]);
        expect(await log.close(settleMsMax)).toBe(true);
        expect(readFileSync(join(dir, "x.log"), "utf8")).toBe(`${lines.join("\n")}\n`);
      } finally {
        Bun.spawnSync(["umount", "-l", dir]);
      }
    },
  );

  test("comes back when it was removed under it, with its directory", async () => {
    const path = logPath();
    const log = openRotatingLog({ path, bytesMax: 1000, keep: 2 });
    log.write("before");
    while (!existsSync(path) || statSync(path).size === 0) await Bun.sleep(1);
    rmSync(join(path, ".."), { recursive: true });
    await Bun.sleep(1050);
    log.write("after");
    expect(await log.close(settleMsMax)).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("after\n");
    expect(log.lost()).toBe(0);
  });

  test("does not write through a link, neither at first nor when it rotates", async () => {
    const path = logPath();
    const victim = join(path, "..", "..", "victim");
    writeFileSync(victim, "original");
    mkdirSync(join(path, ".."), { mode: 0o700 });
    symlinkSync(victim, path);
    const refused = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    refused.write("waits");
    expect(await refused.close(settleMsMax)).toBe(false);
    expect(refused.waiting()?.reason).toContain("is a symbolic link");
    rmSync(path);
    symlinkSync(victim, `${path}.1`);
    const log = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    for (let i = 0; i < 5; i++) log.write("a line of some");
    expect(await log.close(settleMsMax)).toBe(true);
    expect(readFileSync(victim, "utf8")).toBe("original");
  });
});
