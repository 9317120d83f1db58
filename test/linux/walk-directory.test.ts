import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBelow } from "../../src/linux/open-below.ts";
import { walkDirectory } from "../../src/linux/walk-directory.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-walk-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("walking a directory", () => {
  test("finds the files below it, and says what it left out", () => {
    mkdirSync(join(dir, "sub"));
    for (const name of ["b", "a", "sub/c"]) writeFileSync(join(dir, name), "");
    symlinkSync("/etc", join(dir, "sub/link"));
    execFileSync("mkfifo", [join(dir, "fifo")]);
    const { files, leftOut } = walkDirectory(dir);
    expect(files).toEqual(["a", "b", "sub/c"]);
    expect(leftOut.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "fifo", why: "a FIFO (named pipe): not followed, not opened" },
      { name: "sub/link", why: "a symbolic link: not followed, not opened" },
    ]);
  });

  test("is not led in circles", () => {
    symlinkSync(".", join(dir, "self"));
    symlinkSync("..", join(dir, "up"));
    expect(walkDirectory(dir).files).toEqual([]);
  });

  test("ends at 10,000 entries and at 32 directories, and says so", () => {
    for (let index = 0; index < 10_001; index++) writeFileSync(join(dir, `f${index}`), "");
    const { files, leftOut } = walkDirectory(dir);
    expect(files).toHaveLength(10_000);
    expect(leftOut).toEqual([{ name: ".", why: "more than 10000 entries: the rest of it" }]);
    const deep = mkdtempSync(join(tmpdir(), "nsomem-walk-"));
    mkdirSync(join(deep, ..."x".repeat(34)), { recursive: true });
    expect(walkDirectory(deep).leftOut[0]?.why).toBe("more than 32 directories deep");
    rmSync(deep, { recursive: true });
  });
});

describe("opening a file that was found", () => {
  test("opens it, unless a directory on the way has become a link meanwhile", async () => {
    mkdirSync(join(dir, "in/sub"), { recursive: true });
    mkdirSync(join(dir, "secrets"));
    for (const at of ["in/sub", "secrets"]) writeFileSync(join(dir, at, "file"), at);
    const { file } = await openBelow(join(dir, "in"), "sub/file");
    expect(await file.readFile("utf8")).toBe("in/sub");
    await file.close();
    renameSync(join(dir, "in/sub"), join(dir, "in/old"));
    symlinkSync("../secrets", join(dir, "in/sub"));
    await expect(openBelow(join(dir, "in"), "sub/file")).rejects.toThrow(/ENOTDIR|ELOOP/);
  });

  test("refuses a file that has become a link or a FIFO", async () => {
    symlinkSync("/etc/hostname", join(dir, "link"));
    execFileSync("mkfifo", [join(dir, "fifo")]);
    await expect(openBelow(dir, "link")).rejects.toThrow("not a regular file");
    await expect(openBelow(dir, "fifo")).rejects.toThrow("not a regular file");
  });
});
