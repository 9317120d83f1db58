import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doNow } from "../../src/linux/file-work.ts";
import {
  createPrivateFile,
  openToAppend,
  replacedFile,
  replacePrivateFile,
} from "../../src/linux/private-file.ts";
import { testUnless } from "../lab/missing.ts";
import { noOtherUsers, users } from "./as-user.ts";

let dir: string;
let victim: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-private-"));
  victim = join(dir, "victim");
  writeFileSync(victim, "original");
});
afterEach(() => {
  expect(readFileSync(victim, "utf8")).toBe("original");
  rmSync(dir, { recursive: true, force: true });
});

describe("a file to append to", () => {
  test("is made for its owner alone, and goes on where it ended", () => {
    const path = join(dir, "home", "log");
    for (const text of ["one", "two"]) {
      const { descriptor } = doNow(openToAppend(path));
      writeSync(descriptor, text);
      closeSync(descriptor);
    }
    expect(readFileSync(path, "utf8")).toBe("onetwo");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is no link and no FIFO", () => {
    symlinkSync(victim, join(dir, "link"));
    expect(() => doNow(openToAppend(join(dir, "link")))).toThrow(
      `${dir}/link is a symbolic link, not a regular file`,
    );
    execFileSync("mkfifo", [join(dir, "fifo")]);
    expect(() => doNow(openToAppend(join(dir, "fifo")))).toThrow(
      "is a FIFO (named pipe), not a regular file",
    );
  });

  for (const uid of users)
    testUnless(noOtherUsers, `is not user ${uid}'s`, () => {
      const path = join(dir, "log");
      writeFileSync(path, "his");
      chownSync(path, uid, uid);
      expect(() => doNow(openToAppend(path))).toThrow(`${path} belongs to user ${uid}`);
    });
});

describe("a new file", () => {
  test("is never one that is there, nor where a link leads", () => {
    expect(() => doNow(createPrivateFile(victim))).toThrow("EEXIST");
    symlinkSync(join(dir, "elsewhere"), join(dir, "dangling"));
    expect(() => doNow(createPrivateFile(join(dir, "dangling")))).toThrow("EEXIST");
    expect(readdirSync(dir)).not.toContain("elsewhere");
  });
});

describe("a file that is replaced", () => {
  test("takes the place of a link and of a FIFO, and of what was left beside it", () => {
    const path = join(dir, "status.json");
    symlinkSync(victim, path);
    symlinkSync(victim, `${path}.partial`);
    doNow(replacePrivateFile(path, "new"));
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(lstatSync(path).isFile()).toBe(true);
    rmSync(path);
    execFileSync("mkfifo", [path]);
    doNow(replacePrivateFile(path, "newer"));
    expect(readFileSync(path, "utf8")).toBe("newer");
    expect(readdirSync(dir).sort()).toEqual(["status.json", "victim"]);
  });

  test("comes back, with its directory, when that was removed under it", () => {
    const path = join(dir, "home", "status.json");
    const file = replacedFile(path);
    doNow(file.replace("one"));
    rmSync(join(dir, "home"), { recursive: true });
    doNow(file.replace("two"));
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(statSync(join(dir, "home")).mode & 0o777).toBe(0o700);
    file.close();
  });

  test("does not come back into a directory that others can write by now", () => {
    const path = join(dir, "open", "home", "status.json");
    mkdirSync(join(dir, "open"));
    const file = replacedFile(path);
    doNow(file.replace("one"));
    execFileSync("chmod", ["755", dir]);
    execFileSync("chmod", ["777", join(dir, "open")]);
    rmSync(join(dir, "open", "home"), { recursive: true });
    expect(() => doNow(file.replace("two"))).toThrow("can be written by others");
    expect(readdirSync(join(dir, "open"))).toEqual([]);
    file.close();
  });
});
