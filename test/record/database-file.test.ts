import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withHistory } from "../../src/record/read-only.ts";
import { openStore } from "../../src/record/store.ts";
import { testUnless } from "../lab/missing.ts";
import { noOtherUsers, users } from "../linux/as-user.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-database-"));
  path = join(dir, "history.db");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const read = () => withHistory(path, () => "read");

describe.each(["", "-wal", "-shm"])("history.db%s", (suffix) => {
  test("is no link, for writing and for reading", () => {
    openStore(path).close();
    const file = `${path}${suffix}`;
    const victim = join(dir, "victim");
    writeFileSync(victim, "original");
    rmSync(file, { force: true });
    symlinkSync(victim, file);
    expect(() => openStore(path)).toThrow(`${file} is a symbolic link, not a regular file`);
    expect(read).toThrow(`${file} is a symbolic link`);
    expect(readFileSync(victim, "utf8")).toBe("original");
  });

  test("is no FIFO, on which SQLite would wait for ever", () => {
    openStore(path).close();
    rmSync(`${path}${suffix}`, { force: true });
    execFileSync("mkfifo", [`${path}${suffix}`]);
    expect(() => openStore(path)).toThrow("is a FIFO");
    expect(read).toThrow("is a FIFO");
  });
});

for (const uid of users)
  testUnless(noOtherUsers, `of user ${uid}, or in his directory, is not opened by root`, () => {
    openStore(path).close();
    chownSync(path, uid, uid);
    expect(() => openStore(path)).toThrow(`history.db belongs to user ${uid}`);
    expect(read).toThrow(`history.db belongs to user ${uid}`);
    chownSync(path, 0, 0);
    chmodSync(dir, 0o755);
    chownSync(dir, uid, uid);
    expect(() => openStore(path)).toThrow(`${dir} belongs to user ${uid}`);
    expect(read).toThrow(`${dir} belongs to user ${uid}`);
  });
