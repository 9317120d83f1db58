/** A signal to the running agent, and the wait for what it does about it. */

import type { ProcessIdentity } from "../linux/procfs.ts";

const lookMs = 20;

/** Sends `signal` and calls `look` each 20 ms until it returns something. Undefined when it did not in `msMax`. */
export async function signalAndWait<T>(
  agent: ProcessIdentity,
  signal: "SIGTERM" | "SIGHUP",
  msMax: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  process.kill(agent.pid, signal);
  const deadlineMs = performance.now() + msMax;
  while (performance.now() < deadlineMs) {
    const answer = look();
    if (answer !== undefined) return answer;
    await Bun.sleep(lookMs);
  }
  return undefined;
}
