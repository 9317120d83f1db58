import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProbeUser, probeDirectory } from "../../src/linux/dump-probe.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-probe-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ownUid = process.geteuid?.() ?? 0;
const ourselves: ProbeUser = { uid: ownUid, gid: 0, groups: [], overridesPermissions: true };
const other: ProbeUser = { uid: 12345, gid: 12345, groups: [], overridesPermissions: false };
const noOther = ownUid === 0 ? missingCommand("setpriv") : "only root can ask as another user";

/** An access control list that gives everybody everything, and that one user nothing; mode bits do not show it. */
function denyByList(path: string, uid: number): boolean {
  const entry = (tag: number, permissions: number, id = 0xffffffff) =>
    `struct.pack("<HHI", ${tag}, ${permissions}, ${id})`;
  const entries = [entry(1, 7), entry(2, 0, uid), entry(4, 7), entry(16, 7), entry(32, 7)].join(" + ");
  const program = `import os, struct, sys; os.setxattr(sys.argv[1], "system.posix_acl_access", struct.pack("<I", 2) + ${entries})`;
  return Bun.spawnSync(["python3", "-c", program, path], { stderr: "ignore" }).success;
}

async function ask(who: ProbeUser, directory = dir) {
  const { answer, ended } = probeDirectory({ directory, isEntered: true }, who);
  const found = await answer;
  await ended;
  expect(readdirSync(directory)).toEqual([]);
  return found;
}

describe("a directory", () => {
  test("where a file can be made answers with the clock of its file system, and is empty after it", async () => {
    const answer = await ask(ourselves);
    if (answer.kind !== "made") throw new Error(`it is ${answer.kind}`);
    expect(Math.abs(answer.skewMs ?? Number.NaN)).toBeLessThan(1000);
  });

  test("that is not there is not tried", async () => {
    expect(await probeDirectory({ directory: join(dir, "none"), isEntered: true }, ourselves).answer).toEqual(
      { kind: "untried" },
    );
  });

  testUnless(noOther, "is closed to another user, though root may write there", async () => {
    chmodSync(dir, 0o755);
    expect(await ask(ourselves)).toMatchObject({ kind: "made" });
    expect(await ask(other)).toEqual({ kind: "refused", reason: "Permission denied" });
  });

  testUnless(noOther, "is open to another user by one of his groups", async () => {
    chownSync(dir, 0, 54321);
    chmodSync(dir, 0o770);
    expect(await ask({ ...other, groups: [54321] })).toMatchObject({ kind: "made" });
    expect(await ask({ ...other, groups: [4711] })).toMatchObject({ kind: "refused" });
  });

  testUnless(noOther, "behind a closed one is closed, unless the user is in it already", async () => {
    const inner = join(dir, "inner");
    mkdirSync(inner);
    chmodSync(inner, 0o777);
    const ask = (isEntered: boolean) => probeDirectory({ directory: inner, isEntered }, other).answer;
    expect(await ask(true)).toMatchObject({ kind: "made" });
    expect(await ask(false)).toMatchObject({ kind: "refused" });
  });

  testUnless(noOther ?? missingCommand("python3"), "is closed by an access control list", async () => {
    chmodSync(dir, 0o777);
    if (!denyByList(dir, other.uid)) return;
    expect(await ask(other)).toEqual({ kind: "refused", reason: "Permission denied" });
    expect(await ask({ ...other, uid: 23456 })).toMatchObject({ kind: "made" });
  });

  test("is not asked in the name of one who may write everywhere, since that is not passed on", async () => {
    const capable = { ...other, overridesPermissions: true };
    expect(await ask(capable)).toEqual({ kind: "untried" });
  });
});

describe("a file system that refuses root", () => {
  /** With a tmpfs below `dir`, mounted with `options`. */
  async function mounted(options: string, work: (point: string) => Promise<void>) {
    const point = join(dir, "mount");
    mkdirSync(point);
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", point]).success).toBe(true);
    try {
      await work(point);
    } finally {
      Bun.spawnSync(["umount", "-l", point]);
    }
  }

  testUnless(missingCommand("mount"), "read-only", () =>
    mounted("ro", async (point) =>
      expect(await ask(ourselves, point)).toEqual({ kind: "refused", reason: "Read-only file system" }),
    ),
  );

  testUnless(missingCommand("mount"), "full: a file can be made, and nothing be written", () =>
    mounted("size=4k", async (point) => {
      const full = join(point, "full");
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${full}`, "bs=4096", "count=2"], { stderr: "ignore" });
      expect(await probeDirectory({ directory: point, isEntered: true }, ourselves).answer).toEqual({
        kind: "full",
      });
      expect(readdirSync(point)).toEqual(["full"]);
    }),
  );

  testUnless(missingCommand("chattr"), "immutable", async () => {
    if (!Bun.spawnSync(["chattr", "+i", dir], { stderr: "ignore" }).success) return;
    try {
      expect(await ask(ourselves)).toEqual({ kind: "refused", reason: "Operation not permitted" });
    } finally {
      Bun.spawnSync(["chattr", "-i", dir]);
    }
  });
});

test("the file goes away when the asker ends in the middle", async () => {
  const program = `
    const { probeDirectory } = await import(${JSON.stringify(join(import.meta.dir, "../../src/linux/dump-probe.ts"))});
    probeDirectory({ directory: ${JSON.stringify(dir)}, isEntered: true }, ${JSON.stringify(ourselves)});
    await Bun.sleep(1);
    process.kill(process.pid, "SIGKILL");
  `;
  await Bun.spawn([process.execPath, "-e", program], { stdio: ["ignore", "ignore", "ignore"] }).exited;
  for (let waits = 0; waits < 100 && readdirSync(dir).length > 0; waits++) await Bun.sleep(20);
  expect(readdirSync(dir)).toEqual([]);
});
