/** A signal to the running agent, and the wait for what it does about it. */

import { NsomemError } from "../core/errors.ts";
import type { ProcessHandle } from "../linux/process-handle.ts";
import type { ProcessIdentity } from "../linux/procfs.ts";

const lookMs = 20;

/** Sends `signal` and calls `look` each 20 ms until it returns something. Undefined when it did not in `msMax`.
 * Throws NsomemError SIGNAL where that is not permitted. */
export async function signalAndWait<T>(
  agent: ProcessIdentity & ProcessHandle,
  signal: "SIGTERM" | "SIGHUP" | "SIGKILL",
  msMax: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  if (!agent.send(signal))
    throw new NsomemError(
      "SIGNAL",
      `${signal} to the agent (PID ${agent.pid}) was refused; try as its user or root`,
    );
  const deadlineMs = performance.now() + msMax;
  while (performance.now() < deadlineMs) {
    const answer = look();
    if (answer !== undefined) return answer;
    await Bun.sleep(lookMs);
  }
  return undefined;
}
