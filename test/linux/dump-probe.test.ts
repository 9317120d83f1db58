import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "../../src/linux/credentials.ts";
import { probeDirectory } from "../../src/linux/dump-probe.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-probe-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ownUid = process.geteuid?.() ?? 0;
const ourselves: Credentials = { uid: ownUid, gid: 0, groups: [], overridesPermissions: true };
const other: Credentials = { uid: 12345, gid: 12345, groups: [], overridesPermissions: false };
const noOther = ownUid === 0 ? missingCommand("setpriv") : "only root can ask as another user";

async function ask(who: Credentials, directory = dir) {
  const { answer, ended } = probeDirectory(directory, who);
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
    expect(await probeDirectory(join(dir, "none"), ourselves).answer).toEqual({ kind: "untried" });
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
      expect(await probeDirectory(point, ourselves).answer).toEqual({ kind: "full" });
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
    probeDirectory(${JSON.stringify(dir)}, ${JSON.stringify(ourselves)});
    await Bun.sleep(1);
    process.kill(process.pid, "SIGKILL");
  `;
  await Bun.spawn([process.execPath, "-e", program], { stdio: ["ignore", "ignore", "ignore"] }).exited;
  for (let waits = 0; waits < 100 && readdirSync(dir).length > 0; waits++) await Bun.sleep(20);
  expect(readdirSync(dir)).toEqual([]);
});
