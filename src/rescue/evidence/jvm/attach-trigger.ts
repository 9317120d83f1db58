/**
 * `.attach_pidN`, which makes a JVM open its socket when it gets SIGQUIT. It is made in the JVM's own /tmp, where its user
 * may have mounted anything: so by a process that runs as that user, and goes away with it.
 */

import type { FileHandle } from "node:fs/promises";
import { ownProcDir } from "../../../linux/roots.ts";
import { launchAs, ownUid, type RunAs } from "../../../linux/run-as.ts";
import type { JvmProcess } from "./jvm-process.ts";

export interface AttachTrigger {
  remove(): Promise<void>;
}

/**
 * `set -C` opens with O_CREAT | O_EXCL, which follows no link and takes no file that is there. The file is removed when
 * the asker says so or has ended.
 */
const script = [
  "umask 077; set -C",
  '{ : > "./$1"; } 2>&1 || exit 1',
  "echo made; read -r _",
  'rm -f -- "./$1"',
].join("\n");

const saidLengthMax = 300;
const madeMsMax = 2000;

/** Throws with what the system says. `tmp` is the JVM's /tmp, held. */
export async function makeTrigger(tmp: FileHandle, { innerPid, owner }: JvmProcess): Promise<AttachTrigger> {
  const runAs: RunAs = owner.uid === ownUid() ? "ourselves" : owner;
  const { words, identity } = launchAs(runAs, ["/bin/sh", "-c", script, "sh", `.attach_pid${innerPid}`]);
  const child = Bun.spawn(words, {
    ...identity,
    // Entered by the descriptor, before the child becomes another user (facts 4.27).
    cwd: `${ownProcDir}/self/fd/${tmp.fd}`,
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
    stdio: ["pipe", "pipe", "ignore"],
    // Out of our group: where that is killed, the end of its input makes it clean up.
    detached: true,
  });
  const remove = async () => {
    await child.stdin.end();
    await Promise.race([child.exited, Bun.sleep(madeMsMax)]);
  };
  const said = await Promise.race([
    firstLine(child.stdout),
    Bun.sleep(madeMsMax).then(() => "no answer in time"),
  ]);
  if (said === "made") return { remove };
  await remove();
  const reason = /: ([^:\n]+)$/.exec(said)?.[1] ?? said;
  throw new Error(
    `/tmp/.attach_pid${innerPid} could not be made: ${reason || "its user cannot run /bin/sh"}`,
  );
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  const text = new TextDecoder();
  for await (const piece of stream) {
    said += text.decode(piece, { stream: true });
    if (said.includes("\n") || said.length > saidLengthMax) break;
  }
  return said.split("\n", 1)[0] ?? "";
}
