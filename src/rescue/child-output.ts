/** What a child prints, kept in a file up to a bound. */

import { closeSync, existsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createPrivateFile } from "../linux/private-file.ts";

/** Kept of a child's output; the rest is read slowly and dropped. */
export const outputBytesMax = 1024 * 1024;
/** 64 KiB each 10 ms beyond the bound: 6 MB/s at no measurable cost, instead of a core for a flood. */
const floodPauseMs = 10;
/** A grandchild that keeps the pipe open must not keep the action open. */
const drainMsMax = 1000;

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
    return createPrivateFile(file);
  } catch {
    return undefined;
  }
}
