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
import { openRotatingLog } from "../../src/record/rotating-log.ts";

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
  test("appends to what is there, private to its user", () => {
    const path = logPath();
    const first = openRotatingLog({ path, bytesMax: 1000, keep: 2 });
    first.write("one");
    first.close();
    openRotatingLog({ path, bytesMax: 1000, keep: 2 }).write("two");
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("never holds more than its limit, and keeps as many old files as it was told", () => {
    const path = logPath();
    const log = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    for (let i = 0; i < 50; i++) log.write(`line ${i}`);
    for (const file of [path, `${path}.1`, `${path}.2`]) expect(statSync(file).size).toBeLessThanOrEqual(20);
    expect(existsSync(`${path}.3`)).toBe(false);
    expect(readFileSync(path, "utf8")).toContain("line 49");
  });

  test("a directory that cannot be made loses lines and counts them, without throwing", () => {
    const path = logPath();
    writeFileSync(join(path, "..", "..", "blocked"), "");
    const log = openRotatingLog({ path: join(path, "..", "..", "blocked", "x.log"), bytesMax: 20, keep: 2 });
    log.write("lost");
    expect(log.lost()).toBe(1);
  });

  test("comes back when it was removed under it, with its directory", async () => {
    const path = logPath();
    const log = openRotatingLog({ path, bytesMax: 1000, keep: 2 });
    log.write("before");
    rmSync(join(path, ".."), { recursive: true });
    await Bun.sleep(1050);
    log.write("after");
    expect(readFileSync(path, "utf8")).toBe("after\n");
    expect(log.lost()).toBe(0);
    log.close();
  });

  test("loses lines and does not throw while something else is in its directory's place", async () => {
    const path = logPath();
    const directory = join(path, "..");
    const log = openRotatingLog({ path, bytesMax: 1000, keep: 2 });
    log.write("before");
    rmSync(directory, { recursive: true });
    writeFileSync(directory, "");
    await Bun.sleep(1050);
    log.write("lost");
    expect(log.lost()).toBe(1);
    log.close();
  });

  test("does not write through a link, neither at first nor when it rotates", () => {
    const path = logPath();
    const victim = join(path, "..", "..", "victim");
    writeFileSync(victim, "original");
    mkdirSync(join(path, ".."), { mode: 0o700 });
    symlinkSync(victim, path);
    const refused = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    refused.write("lost");
    expect(refused.lost()).toBe(1);
    rmSync(path);
    symlinkSync(victim, `${path}.1`);
    const log = openRotatingLog({ path, bytesMax: 20, keep: 2 });
    for (let i = 0; i < 5; i++) log.write("a line of some");
    expect(log.lost()).toBe(0);
    expect(readFileSync(victim, "utf8")).toBe("original");
    log.close();
  });
});
