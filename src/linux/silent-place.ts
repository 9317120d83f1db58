/** Whether a place answers at all: asked before work that would stand still with it, such as starting a program there. */

import { constants } from "node:fs";
import { call, doLater, type FileWork } from "./file-work.ts";

/** A disk under load takes this long; one that takes longer is as good as dead. */
const answerMsMax = 1000;

/** A sentence where nothing was heard of `path` in a second; undefined where it is there, or an error says why not. */
export async function silenceAt(path: string): Promise<string | undefined> {
  const answered = doLater(call.stat(path)).then(
    () => true,
    () => true,
  );
  const isSilent = !(await Promise.race([answered, Bun.sleep(answerMsMax).then(() => false)]));
  return isSilent ? `${path} does not answer: its file system hangs` : undefined;
}

/**
 * Reads the first byte of a program that is about to be started, beside this thread: what executing it would wait for,
 * which is its time of access on a busy disk (facts 4.8), is over by then. Waits a second at most, and never rejects.
 */
export async function readBeside(path: string): Promise<void> {
  const read = doLater(firstByte(path)).catch(() => undefined);
  await Promise.race([read, Bun.sleep(answerMsMax)]);
}

function* firstByte(path: string): FileWork<void> {
  const descriptor = yield* call.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    yield* call.read(descriptor, new Uint8Array(1), 0);
  } finally {
    yield* call.close(descriptor);
  }
}
