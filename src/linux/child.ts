/** A child in a process group of its own: bounded in time, whatever it does. */

import { formatDuration } from "../core/units.ts";
import { endGroup, sendToGroup } from "./process-group.ts";

export interface WatchedChild {
  pid: number;
  exited: Promise<number>;
}

/** A deadline that does not count the time for which it is paused. */
export interface Deadline {
  timeoutMs: number;
  isPaused?: () => boolean;
  signal: AbortSignal;
}

const deadlineCheckMs = 50;

/** Waits for the end of `child`; after the deadline or when aborted its whole group is killed. */
export async function endWithin(
  child: WatchedChild,
  { timeoutMs, isPaused = () => false, signal }: Deadline,
): Promise<"ended" | "deadline" | "aborted"> {
  let spentMs = 0;
  let lastMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<"ended" | "deadline" | "aborted">();
  const check = setInterval(
    () => {
      const nowMs = performance.now();
      if (!isPaused()) spentMs += nowMs - lastMs;
      lastMs = nowMs;
      if (spentMs >= timeoutMs) resolve("deadline");
    },
    Math.min(deadlineCheckMs, timeoutMs),
  );
  const onAbort = () => resolve("aborted");
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  void child.exited.then(() => resolve("ended"));
  try {
    const how = await promise;
    if (how !== "ended") await endGroup(child);
    // What it left behind in its group ends with it: nothing may outlive its deadline.
    else sendToGroup(child.pid, "SIGKILL");
    return how;
  } finally {
    clearInterval(check);
    signal.removeEventListener("abort", onAbort);
  }
}

/** For messages: "killed after its deadline of 60 s". */
export function describeEnd(how: "deadline" | "aborted", timeoutMs: number): string {
  return how === "deadline"
    ? `killed after its deadline of ${formatDuration(timeoutMs)}`
    : "stopped with the agent";
}
