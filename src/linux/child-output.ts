/** What a child prints on its pipes: kept up to a bound, and read beyond it so slowly that a flood costs nothing. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../core/shown.ts";
import { call, doLater, writeAll } from "./file-work.ts";
import { createPrivateFile } from "./private-file.ts";

/**
 * Beyond the bound 64 KiB are read and dropped each 10 ms, 6 MB/s at no measurable cost: a child that goes on printing is
 * not blocked, and costs no core.
 */
const floodPauseMs = 10;
/** Once the child has ended: a process of its own that still holds the pipe is not waited for. */
const drainMsMax = 200;

type Stream = ReadableStream<Uint8Array>;

/** The pipes of one child. Nothing here rejects. */
interface Reading {
  /** To be called when the child has ended. Resolves when its pipes have too, or soon after; then they are closed. */
  ended(): Promise<void>;
}

/** Gives `keep` what comes, `bytesMax` of all pipes together at most; the next is read when it has been kept. */
function readOutput(
  streams: readonly Stream[],
  { bytesMax, keep }: { bytesMax: number; keep: (bytes: Uint8Array) => void | Promise<void> },
): Reading {
  let room = bytesMax;
  const readers = streams.map((stream) => stream.getReader());
  const drain = async (reader: (typeof readers)[number]) => {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const kept = value.subarray(0, room);
        room -= kept.length;
        if (kept.length > 0) await keep(kept);
        else await Bun.sleep(floodPauseMs);
      }
    } catch {
      // The pipe broke with the process.
    }
  };
  const drained = Promise.all(readers.map(drain));
  return {
    async ended() {
      await Promise.race([drained, Bun.sleep(drainMsMax)]);
      for (const reader of readers) void reader.cancel().catch(() => undefined);
    },
  };
}

export interface ChildText {
  /** The start of it made safe to be shown, at most `lengthMax` characters. To be asked when the child has ended. */
  start(): Promise<string>;
}

/** Of one pipe, as text. A character of UTF-8 has four bytes at most. */
export function listenTo(stream: Stream, lengthMax: number, { linesMax = 100 } = {}): ChildText {
  const decoder = new TextDecoder();
  let text = "";
  const reading = readOutput([stream], {
    bytesMax: 4 * lengthMax,
    keep(bytes) {
      text += decoder.decode(bytes, { stream: true });
    },
  });
  return {
    async start() {
      await reading.ended();
      return shownText(text.slice(0, lengthMax), { linesMax });
    },
  };
}

export interface WholeText {
  /** To be asked when the child has ended; undefined where it was more than the bound. */
  text(): Promise<string | undefined>;
}

/** Of one pipe, as it came, for a child that says one document. */
export function collectText(stream: Stream, bytesMax: number): WholeText {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reading = readOutput([stream], {
    // One more than the bound, by which it is seen to be more.
    bytesMax: bytesMax + 1,
    keep(piece) {
      pieces.push(piece);
      bytes += piece.length;
    },
  });
  return {
    async text() {
      await reading.ended();
      return bytes > bytesMax ? undefined : Buffer.concat(pieces).toString("utf8");
    },
  };
}

/** Kept of what one action prints. */
export const outputBytesMax = 1024 * 1024;

export interface Capture {
  /** To be asked when the child has ended: how many bytes the file has. */
  bytes(): Promise<number>;
}

/**
 * Writes what comes out of `streams` into `file` as it comes, up to `outputBytesMax`, in the thread pool: a disk that
 * hangs holds up the child and nobody else. On a full one the output is lost, and the action is not.
 */
export function captureOutput(streams: readonly Stream[], file: string | undefined): Capture {
  const opened =
    file === undefined ? Promise.resolve(undefined) : doLater(createPrivateFile(file)).catch(() => undefined);
  let written = 0;
  let last: Promise<unknown> = opened;
  const reading = readOutput(streams, {
    bytesMax: outputBytesMax,
    async keep(bytes) {
      const descriptor = await opened;
      if (descriptor === undefined) return;
      // One after the other, and none after the close.
      last = last.then(() => doLater(writeAll(descriptor, bytes))).catch(() => undefined);
      await last;
      written += file === undefined ? 0 : bytes.length;
    },
  });
  return {
    async bytes() {
      await reading.ended();
      void last
        .then(async () => {
          const descriptor = await opened;
          if (descriptor !== undefined) await doLater(call.close(descriptor));
        })
        .catch(() => undefined);
      return written;
    },
  };
}

/** `NAME.txt` in `dir`, or `NAME.2.txt` and so on: an earlier output is never overwritten. */
export function freeOutputName(dir: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(dir, number === 1 ? `${name}.txt` : `${name}.${number}.txt`);
    if (!existsSync(path)) return path;
  }
}
