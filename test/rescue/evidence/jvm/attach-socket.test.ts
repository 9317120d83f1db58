/** What a JVM's user may put in the place of its socket. */

import { afterEach, describe, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSocket, openTmp } from "../../../../src/rescue/evidence/jvm/attach-socket.ts";
import { makeTrigger } from "../../../../src/rescue/evidence/jvm/attach-trigger.ts";
import type { JvmProcess } from "../../../../src/rescue/evidence/jvm/jvm-process.ts";
import { testUnless } from "../../../lab/missing.ts";
import { until } from "../../../lab/part.ts";
import { usersMissing } from "../../../lab/users.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const uid = process.getuid?.() ?? 0;

/** A root with a /tmp of its own, and a JVM with PID 7 in it. */
function scene(owner = uid): { jvm: JvmProcess; place: string; tmp: string } {
  const root = mkdtempSync(join(tmpdir(), "nsomem-root-"));
  ends.push(() => rmSync(root, { recursive: true, force: true }));
  const tmp = join(root, "tmp");
  mkdirSync(tmp);
  const jvm = { pid: 7, startTicks: 1, innerPid: 7, owner: { uid: owner, gid: owner, groups: [] }, root };
  return { jvm, place: join(tmp, ".java_pid7"), tmp };
}

async function open(jvm: JvmProcess) {
  const tmp = await openTmp(jvm);
  ends.push(() => tmp.close());
  const socket = await openSocket(tmp, jvm);
  if (socket) ends.push(() => socket.close());
  return socket;
}

function listen(path: string): void {
  const server = Bun.listen({ unix: path, socket: { data: () => undefined } });
  ends.push(() => server.stop(true));
}

describe("the socket of a JVM", () => {
  test("is held where it is one, of the JVM's user", async () => {
    const { jvm, place } = scene();
    listen(place);
    expect((await (await open(jvm))?.stat())?.isSocket()).toBe(true);
  });

  test("is not there yet in a JVM that was never asked", async () => {
    expect(await open(scene().jvm)).toBeUndefined();
  });

  test("is not looked for behind a link, even to a socket of the same user", async () => {
    const { jvm, place, tmp } = scene();
    listen(join(tmp, "other"));
    symlinkSync(join(tmp, "other"), place);
    await expect(open(jvm)).rejects.toThrow("is a symbolic link, and no socket");
  });

  test("is not a FIFO, a file or a directory, and none of them is opened", async () => {
    for (const [make, kind] of [
      [(path: string) => void Bun.spawnSync(["mkfifo", path]), "FIFO"],
      [(path: string) => writeFileSync(path, ""), "file"],
      [(path: string) => mkdirSync(path), "directory"],
    ] as const) {
      const { jvm, place } = scene();
      make(place);
      await expect(open(jvm)).rejects.toThrow(new RegExp(`is .*${kind}.*, and no socket`, "i"));
    }
  });

  test("is not another user's", async () => {
    const { jvm, place } = scene(uid + 12345);
    listen(place);
    await expect(open(jvm)).rejects.toThrow(`belongs to user ${uid}, and the JVM to ${uid + 12345}`);
  });

  test("is not looked for where /tmp itself is a link", async () => {
    const { jvm, tmp } = scene();
    rmSync(tmp, { recursive: true });
    symlinkSync("/etc", tmp);
    await expect(open(jvm)).rejects.toThrow();
  });
});

describe("the file that makes a JVM open its socket", () => {
  test("is there until it is removed", async () => {
    const { jvm, tmp } = scene();
    const held = await openTmp(jvm);
    ends.push(() => held.close());
    const trigger = await makeTrigger(held, jvm);
    expect(readdirSync(tmp)).toEqual([".attach_pid7"]);
    await trigger.remove();
    await until("its end", () => readdirSync(tmp).length === 0);
  });

  testUnless(usersMissing, "is made as the JVM's user, who alone may or may not", async () => {
    const nobody = 65534;
    const { jvm, tmp } = scene(nobody);
    const held = await openTmp(jvm);
    ends.push(() => held.close());
    await expect(makeTrigger(held, jvm)).rejects.toThrow("could not be made: Permission denied");
    chownSync(tmp, nobody, nobody);
    const trigger = await makeTrigger(held, jvm);
    expect(statSync(join(tmp, ".attach_pid7")).uid).toBe(nobody);
    await trigger.remove();
  });

  test("is not made where something is, and a link is not written through", async () => {
    const { jvm, tmp } = scene();
    symlinkSync(join(tmp, "victim"), join(tmp, ".attach_pid7"));
    const held = await openTmp(jvm);
    ends.push(() => held.close());
    await expect(makeTrigger(held, jvm)).rejects.toThrow("/tmp/.attach_pid7 could not be made");
    expect(existsSync(join(tmp, "victim"))).toBe(false);
    expect(readdirSync(tmp)).toEqual([".attach_pid7"]);
  });
});
