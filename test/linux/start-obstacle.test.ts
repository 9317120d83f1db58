import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startObstacle } from "../../src/linux/start-obstacle.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-start-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function script(name: string, text: string, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const searchPath = "/usr/bin:/bin";
const obstacle = (text: string) => startObstacle(script("one", text), searchPath);

/** Whether the kernel really starts it: the judge of every expectation here. */
function starts(path: string): boolean {
  try {
    return Bun.spawnSync([path], { env: { PATH: searchPath }, stdout: "ignore", stderr: "ignore" }).success;
  } catch {
    return false;
  }
}

describe("a script that can be started", () => {
  test.each([
    "#!/bin/sh\nexit 0\n",
    "#!/usr/bin/env sh\n",
    "#!/usr/bin/env -S sh -e\n",
    "#! /bin/sh -e\nexit 0",
  ])("%p", (text) => {
    expect(obstacle(text)).toBeUndefined();
    expect(starts(join(dir, "one"))).toBe(true);
  });
  test("a program, and a script whose interpreter is a script", () => {
    expect(startObstacle("/bin/sh", searchPath)).toBeUndefined();
    const inner = script("inner", "#!/bin/sh\nexit 0\n");
    expect(obstacle(`#!${inner}\n`)).toBeUndefined();
    expect(starts(join(dir, "one"))).toBe(true);
  });
});

describe("a script that cannot", () => {
  test.each([
    ["#!/bin/sh\r\nexit 0\r\n", "CR LF"],
    ["exit 0\n", "neither a program nor a script"],
    ["#!/usr/bin/pyhton3\n", "has the interpreter /usr/bin/pyhton3, which is not there"],
    ["#!/etc/passwd\n", "has the interpreter /etc/passwd, which may not be executed"],
    ["#!bin/sh\n", "has the interpreter bin/sh, which is not an absolute path"],
    ["#!/usr/bin/env pyhton3\n", "asks env for pyhton3, which is not in PATH (/usr/bin:/bin)"],
    ["#!/usr/bin/env -S pyhton3 -u\n", "asks env for pyhton3"],
  ])("%p", (text, reason) => {
    expect(obstacle(text)).toStartWith(`${join(dir, "one")} `);
    expect(obstacle(text)).toContain(reason);
    expect(starts(join(dir, "one"))).toBe(false);
  });

  test("by its interpreter's own first line", () => {
    const inner = script("inner", "exit 0\n");
    expect(obstacle(`#!${inner}\n`)).toContain(`has the interpreter ${inner}, which is neither a program`);
  });

  testUnless(missingCommand("mount"), "on a file system that is mounted noexec", () => {
    const point = join(dir, "no exec");
    mkdirSync(point);
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", point]).success).toBe(true);
    try {
      const path = script("no exec/one", "#!/bin/sh\nexit 0\n");
      expect(startObstacle(path, searchPath)).toBe(`${path} is on ${point}, which is mounted noexec`);
      expect(starts(path)).toBe(false);
      symlinkSync(path, join(dir, "linked"));
      expect(obstacle(`#!${join(dir, "linked")}\n`)).toContain("mounted noexec");
    } finally {
      Bun.spawnSync(["umount", "-l", point]);
    }
  });
});

test("a file without a mode to be executed is another complaint's", () =>
  expect(startObstacle(script("one", "echo", 0o644), searchPath)).toBeUndefined());
