/** A child in a process group of its own: bounded in time and in output, whatever it does. */

import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatDuration } from "../core/units.ts";
import { endGroup, sendToGroup } from "../linux/process-group.ts";

/** Kept of a child's output; the rest is read slowly and dropped. */
export const outputBytesMax = 1024 * 1024;
/** 64 KiB each 10 ms beyond the bound: 6 MB/s at no measurable cost, instead of a core for a flood. */
const floodPauseMs = 10;
/** A grandchild that keeps the pipe open must not keep the action open. */
const drainMsMax = 1000;

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

export interface Capture {
  /** Resolves with the number of bytes written when the child's pipes have ended, or soon after `release`. */
  bytes: Promise<number>;
  /** The child has ended: whoever still holds the pipes is not waited for long. */
  release: () => void;
}

/** Writes what comes out of `streams` into `file` as it comes, up to `outputBytesMax`. Never throws. */
export function captureOutput(streams: readonly ReadableStream<Uint8Array>[], file: string): Capture {
  const descriptor = openOutput(file);
  const released = Promise.withResolvers<void>();
  let written = 0;
  const drained = Promise.all(streams.map((stream) => drain(stream)));
  const bytes = Promise.race([drained, released.promise.then(() => Bun.sleep(drainMsMax))]).then(() => {
    if (descriptor !== undefined) closeSync(descriptor);
    closed = true;
    return written;
  });
  let closed = false;
  return { bytes, release: released.resolve };

  async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) {
        if (closed) return;
        if (written < outputBytesMax) keep(chunk);
        else await Bun.sleep(floodPauseMs);
      }
    } catch {
      // The pipe broke with the process.
    }
  }

  function keep(chunk: Uint8Array): void {
    const piece = chunk.subarray(0, outputBytesMax - written);
    written += piece.length;
    try {
      if (descriptor !== undefined) writeSync(descriptor, piece);
    } catch {
      // A full disk: the output is lost, the action is not.
    }
  }
}

/** `NAME.txt` in `dir`, or `NAME.2.txt` and so on: an earlier output is never overwritten. */
export function freeOutputName(dir: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(dir, number === 1 ? `${name}.txt` : `${name}.${number}.txt`);
    if (!existsSync(path)) return path;
  }
}

function openOutput(file: string): number | undefined {
  try {
    return openSync(file, "wx", 0o600);
  } catch {
    return undefined;
  }
}
