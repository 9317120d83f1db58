/** Which bytes of a log are those of a time, without reading what is before: its lines stand in the order of time. */

import type { FileHandle } from "node:fs/promises";

export interface TimeWindow {
  sinceMs: number;
  untilMs: number;
}

export interface LogRange {
  from: number;
  bytes: number;
  /** What is in it: the lines of that time; the last ones before its end, where there are none; the end of the file. */
  holds: "window" | "before" | "end";
}

export interface LogRangeOptions extends TimeWindow {
  bytesMax: number;
  timeOf: (line: string) => number | undefined;
}

/** Searched for a line with a time: a Java stack is shorter. */
const probeBytes = 64 * 1024;
/** Without a line of that time: enough to see what was last said. */
const restBytes = 64 * 1024;
/** Not finer than this: a few lines more do no harm. */
const fineBytes = 4096;

/** Undefined for an empty file. `bytes` of the file are looked at, at most 64 KiB for each doubling of its size. */
export async function findLogRange(
  file: FileHandle,
  bytes: number,
  { sinceMs, untilMs, bytesMax, timeOf }: LogRangeOptions,
): Promise<LogRange | undefined> {
  if (bytes === 0) return undefined;
  const probe = Buffer.alloc(probeBytes);
  if ((await firstTime(0)) === undefined && (await firstTime(Math.max(0, bytes - probeBytes))) === undefined)
    return rangeTo(bytes, Math.min(bytesMax, restBytes * 4), "end");
  const end = await firstAt(untilMs);
  const start = await firstAt(sinceMs);
  if (end <= start) return end === 0 ? undefined : rangeTo(end, restBytes, "before");
  return { from: Math.max(start, end - bytesMax), bytes: Math.min(end - start, bytesMax), holds: "window" };

  function rangeTo(to: number, most: number, holds: LogRange["holds"]): LogRange {
    const from = Math.max(0, to - most);
    return { from, bytes: to - from, holds };
  }

  /** The offset of a line at or after `atMs`, or up to 4 KiB before it; the file's end where there is none. */
  async function firstAt(atMs: number): Promise<number> {
    let [low, high] = [0, bytes];
    while (high - low > fineBytes) {
      const middle = Math.floor((low + high) / 2);
      const time = await firstTime(middle);
      if (time !== undefined && time < atMs) low = middle;
      else high = middle;
    }
    return await lineFrom(low, high, atMs);
  }

  /** Within the last few KiB line by line. */
  async function lineFrom(low: number, high: number, atMs: number): Promise<number> {
    const { bytesRead } = await file.read(probe, 0, Math.min(probeBytes, high - low + fineBytes), low);
    const text = probe.subarray(0, bytesRead);
    for (let at = low === 0 ? 0 : text.indexOf(10) + 1; at < text.length; ) {
      const next = text.indexOf(10, at);
      const time = timeOf(text.toString("utf8", at, next < 0 ? text.length : next));
      if (time !== undefined && time >= atMs) return low + at;
      if (next < 0) break;
      at = next + 1;
    }
    return high;
  }

  async function firstTime(at: number): Promise<number | undefined> {
    const { bytesRead } = await file.read(probe, 0, Math.min(probeBytes, bytes - at), at);
    const lines = probe.toString("utf8", 0, bytesRead).split("\n");
    for (const line of at === 0 ? lines : lines.slice(1)) {
      const time = timeOf(line);
      if (time !== undefined) return time;
    }
    return undefined;
  }
}
