/** Asks a running JVM for diagnostic commands, as `jcmd` does, which a JRE does not have (facts 7.2). */

import type { FileHandle } from "node:fs/promises";
import { connect } from "node:net";
import { openProcess } from "../../../linux/process-handle.ts";
import { ownProcDir } from "../../../linux/roots.ts";
import { attachRequest, parseAttachReply } from "./attach-reply.ts";
import { openSocket, openTmp } from "./attach-socket.ts";
import { makeTrigger } from "./attach-trigger.ts";
import { type JvmProcess, sigquitObstacle } from "./jvm-process.ts";

export interface AttachedJvm {
  /** The text of one command. Throws with the reason. */
  ask(command: string, deadlineMs: number): Promise<string>;
  close(): Promise<void>;
}

/** HotSpot looks for the trigger at once: 17 ms in all where it was idle. */
const openMsMax = 5000;
const lookEveryMs = 10;
/** A thread dump of 1,000 threads has 1 MB. */
const replyBytesMax = 8 * 1024 * 1024;

/** Throws with the reason. */
export async function attachTo(procDir: string, jvm: JvmProcess): Promise<AttachedJvm> {
  const tmp = await openTmp(jvm);
  try {
    const socket = (await openSocket(tmp, jvm)) ?? (await askForSocket(procDir, tmp, jvm));
    return {
      async ask(command, deadlineMs) {
        const reply = await exchange(
          `${ownProcDir}/self/fd/${socket.fd}`,
          attachRequest(command),
          deadlineMs,
        );
        const parsed = parseAttachReply(reply);
        if ("refusal" in parsed) throw new Error(parsed.refusal);
        return parsed.text;
      },
      close: () => socket.close(),
    };
  } finally {
    await tmp.close();
  }
}

async function askForSocket(procDir: string, tmp: FileHandle, jvm: JvmProcess): Promise<FileHandle> {
  const handle = openProcess(procDir, jvm);
  if (!handle) throw new Error("it has ended");
  try {
    const trigger = await makeTrigger(tmp, jvm);
    try {
      const obstacle = sigquitObstacle(procDir, jvm);
      if (obstacle !== undefined) throw new Error(obstacle);
      if (!handle.send("SIGQUIT")) throw new Error("it may not be signalled by this user");
      const untilMs = performance.now() + openMsMax;
      while (performance.now() < untilMs) {
        const socket = await openSocket(tmp, jvm);
        if (socket) return socket;
        await Bun.sleep(lookEveryMs);
      }
      throw new Error(`it opened no socket within ${openMsMax / 1000} s`);
    } finally {
      await trigger.remove();
    }
  } finally {
    handle.close();
  }
}

/** One connection: `request`, and all that is answered. Throws what connect(2) refuses, and where it takes too long. */
function exchange(path: string, request: string, deadlineMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  let bytes = 0;
  const socket = connect(path);
  const timer = setTimeout(() => fail(`no answer within ${deadlineMs / 1000} s`), deadlineMs);
  const fail = (why: string) => {
    reject(new Error(why));
    socket.destroy();
  };
  socket.on("connect", () => void socket.write(request));
  socket.on("data", (part) => {
    parts.push(Buffer.from(part));
    bytes += part.length;
    if (bytes > replyBytesMax) fail(`its answer has more than ${replyBytesMax / 2 ** 20} MiB`);
  });
  socket.on("error", (error) => reject(error));
  socket.on("close", () => {
    clearTimeout(timer);
    resolve(Buffer.concat(parts).toString("utf8"));
  });
  return promise;
}
