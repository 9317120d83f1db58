/** Whether a place answers at all: asked before work that would stand still with it, such as starting a program there. */

import { call, doLater } from "./file-work.ts";

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
