/** What the operator's callbacks file exports, asked of a process of its own: its top level may do anything. */

import type { CallbackExport } from "../../core/action-facts.ts";
import { describeError } from "../../core/errors.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { listenTo } from "../../linux/child-output.ts";
import { readMessages } from "./callback-message.ts";
import { type CallbackHost, exitOf, startCallbackHost } from "./callback-process.ts";

const checkMsMax = 10_000;
const textLengthMax = 2000;

/** Loads the file in a process of its own and says what it exports, or why it cannot be loaded. Never throws. */
export async function inspectCallbacks(
  host: CallbackHost,
  file: string,
): Promise<{ exports: CallbackExport[] } | { complaint: string }> {
  let found: CallbackExport[] | undefined;
  let failure: string | undefined;
  try {
    const child = startCallbackHost(host, "inspect", file);
    child.stdin.end();
    const complaint = listenTo(child.stderr, textLengthMax);
    const output = listenTo(child.stdout, textLengthMax);
    const messages = readMessages(child.stdio[3], (message) => {
      if (message.type === "exports") found = message.exports;
      if (message.type === "failed") failure = message.message;
    });
    const never = new AbortController().signal;
    const how = await endWithin(child, { timeoutMs: checkMsMax, signal: never });
    const [said] = await Promise.all([complaint.start(), output.start()]);
    await Promise.race([messages, Bun.sleep(200)]);
    if (how !== "ended") return { complaint: `${file} ${describeEnd(how, checkMsMax)} while it was loaded` };
    if (failure !== undefined) return { complaint: failure };
    if (found) return { exports: found };
    const tail = said.trim() && `; ${said.trim()}`;
    return { complaint: `${file} ended its process while it was loaded: ${exitOf(child)}${tail}` };
  } catch (error) {
    return { complaint: `${file} could not be checked: ${describeError(error)}` };
  }
}
