import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listOwned, readOwned, type Territory } from "../../src/linux/owned-file.ts";
import { testUnless } from "../lab/missing.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-owned-"));
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ours: Territory = {
  root: "/",
  user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: [] },
};
const theirs: Territory = { root: "/", user: { uid: 12345, gid: 12345, groups: [] } };
const read = (name: string, territory = ours) => readOwned(join(dir, name), territory, 1000);
const notRoot = process.getuid?.() === 0 ? undefined : "only root reads for another user";

describe("a file of NSO's", () => {
  test("is read through a link to its directory, and through `..`", async () => {
    mkdirSync(join(dir, "a/b"), { recursive: true });
    writeFileSync(join(dir, "a/b/f"), "text");
    symlinkSync("a/b", join(dir, "link"));
    symlinkSync(join(dir, "a"), join(dir, "absolute"));
    expect(await read("a/b/f")).toBe("text");
    expect(await read("link/f")).toBe("text");
    expect(await read("absolute/b/../b/f")).toBe("text");
    expect(await listOwned(join(dir, "link"), ours)).toEqual(["f"]);
  });

  test("is no link, FIFO, directory or hard link, and none of them is waited for", async () => {
    writeFileSync(join(dir, "secret"), "TOPSECRET");
    symlinkSync("secret", join(dir, "devel.log"));
    linkSync(join(dir, "secret"), join(dir, "hard"));
    execFileSync("mkfifo", [join(dir, "fifo")]);
    symlinkSync("loop", join(dir, "loop"));
    await expect(read("devel.log")).rejects.toThrow("devel.log is a symbolic link");
    await expect(read("hard")).rejects.toThrow("second name elsewhere");
    await expect(read("fifo")).rejects.toThrow("is a FIFO (named pipe), not a regular file");
    await expect(readOwned("/dev/zero", ours, 10)).rejects.toThrow("not a regular file");
    await expect(read("")).rejects.toThrow();
    await expect(read("loop/f")).rejects.toThrow("leads through more than 40 links");
    await expect(read("none/f")).rejects.toThrow(/ENOENT/);
  });

  testUnless(
    notRoot,
    "is one that its user may read: neither root's alone, nor in a directory that is closed to him",
    async () => {
      writeFileSync(join(dir, "shadow"), "root's", { mode: 0o640 });
      mkdirSync(join(dir, "closed"), { mode: 0o700 });
      writeFileSync(join(dir, "closed/open"), "root's", { mode: 0o644 });
      writeFileSync(join(dir, "public"), "text", { mode: 0o644 });
      await expect(read("shadow", theirs)).rejects.toThrow("may not be read by NSO's user (uid 12345)");
      await expect(read("closed/open", theirs)).rejects.toThrow("closed is closed to NSO's user (uid 12345)");
      expect(await read("public", theirs)).toBe("text");
      symlinkSync(join(dir, "closed"), join(dir, "way"));
      await expect(read("way/open", theirs)).rejects.toThrow("closed is closed to NSO's user");
    },
  );

  testUnless(notRoot, "is not a stranger's, nor behind a link or a directory of one", async () => {
    writeFileSync(join(dir, "log"), "his", { mode: 0o644 });
    chownSync(join(dir, "log"), 65534, 65534);
    mkdirSync(join(dir, "his"), { mode: 0o755 });
    writeFileSync(join(dir, "his/log"), "root's", { mode: 0o644 });
    chownSync(join(dir, "his"), 65534, 65534);
    for (const territory of [ours, theirs]) {
      await expect(read("log", territory)).rejects.toThrow(
        "belongs to user 65534, neither to root nor to NSO's user",
      );
      await expect(read("his/log", territory)).rejects.toThrow("his belongs to user 65534");
      await expect(listOwned(join(dir, "his"), territory)).rejects.toThrow("his belongs to user 65534");
    }
    chownSync(join(dir, "log"), 12345, 12345);
    expect(await read("log", theirs)).toBe("his");
  });

  test("in another root is not reached out of by a link or by `..`", async () => {
    writeFileSync(join(dir, "outside"), "TOPSECRET");
    mkdirSync(join(dir, "root/log"), { recursive: true });
    writeFileSync(join(dir, "root/log/f"), "inside");
    symlinkSync("/log", join(dir, "root/way"));
    symlinkSync(dir, join(dir, "root/out"));
    const contained = { ...ours, root: join(dir, "root") };
    expect(await readOwned("/way/f", contained, 100)).toBe("inside");
    expect(await readOwned("/../../log/f", contained, 100)).toBe("inside");
    await expect(readOwned("/out/outside", contained, 100)).rejects.toThrow(/ENOENT/);
    await expect(readOwned("/../outside", contained, 100)).rejects.toThrow(/ENOENT/);
  });
});
