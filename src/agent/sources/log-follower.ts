/** A log that another tool writes, as a source: from its start and onward, over truncation, rotation and absence. */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { describeError, errnoOf } from "../../core/errors.ts";
import { lineLengthMax } from "../../core/line.ts";
import { createLineSplitter } from "../../core/line-splitter.ts";
import { formatDuration } from "../../core/units.ts";
import type { Source, SourceEvents, StartSource } from "./source.ts";

/** The tool writes once a second; a tenth of that adds little to the reaction and costs two system calls. */
const pollMs = 100;
/** Between two of these the agent does what else is due: a log of days is read in slices. */
const sliceBytes = 256 * 1024;
const silenceMsDefault = 60_000;

/** The file being read. */
interface OpenLog {
  descriptor: number;
  inode: number;
  offset: number;
  changedMs: number;
  /** Its first bytes as read: a log that was emptied and has grown again begins with another line. */
  head: Buffer;
}

const headBytesMax = 256;

/**
 * Follows `path`. While the file is there, its tool decides, however silent it is (that is said once); while it is
 * not, the agent measures by itself.
 */
export function followLog(path: string, { silenceMsMax = silenceMsDefault } = {}): StartSource {
  return (events) => createFollower(path, silenceMsMax, events);
}

/** It was emptied and has grown beyond where it was read, all between two looks. */
function hasOtherHead({ descriptor, head }: OpenLog): boolean {
  const now = Buffer.alloc(head.length);
  return readSync(descriptor, now, 0, now.length, 0) < head.length || !now.equals(head);
}

function createFollower(path: string, silenceMsMax: number, { onLine, onNews }: SourceEvents): Source {
  const buffer = Buffer.alloc(sliceBytes);
  let splitter = createLineSplitter(lineLengthMax);
  let decoder = new TextDecoder();
  let log: OpenLog | undefined;
  // Not at once: whoever starts a source has it in hand before its first line comes.
  let timer = setTimeout(poll, 0);
  let lastLineMs = performance.now();
  let told: "absent" | "silent" | "" = "";

  return {
    state: () => ({ state: log ? "running" : "restarting", pid: null, restarts: 0 }),
    isDelivering: () => log !== undefined,
    follow: () => {},
    reconfigure: () => {},
    async stop() {
      clearTimeout(timer);
      close();
    },
  };

  function poll(): void {
    let more = false;
    try {
      more = readSlice();
    } catch (error) {
      close();
      tellOnce("absent", `cannot read ${path}: ${describeError(error)}. Measuring in-process until it can.`);
    }
    if (log && performance.now() - lastLineMs > silenceMsMax)
      tellOnce("silent", `${path} has had no line for ${formatDuration(silenceMsMax)}; is its tool running?`);
    timer = setTimeout(poll, more ? 0 : pollMs);
  }

  /** True when there is more to read right away. */
  function readSlice(): boolean {
    const found = statSync(path, { throwIfNoEntry: false });
    log ??= found ? open() : undefined;
    if (!log) {
      tellOnce("absent", `${path} is not there. Measuring in-process until it is.`);
      return false;
    }
    const { size, mtimeMs } = fstatSync(log.descriptor);
    // copytruncate: the same file from its start again.
    if (size < log.offset || (mtimeMs !== log.changedMs && hasOtherHead(log))) restart(log);
    log.changedMs = mtimeMs;
    const bytes = readSync(log.descriptor, buffer, 0, sliceBytes, log.offset);
    if (log.offset < headBytesMax)
      log.head = Buffer.concat([log.head, buffer.subarray(0, bytes)]).subarray(0, headBytesMax);
    log.offset += bytes;
    take(buffer.subarray(0, bytes), Math.min(mtimeMs, Date.now()));
    if (bytes > 0) return log.offset < size;
    // Renamed away and read to its end: on to the new one, or to wait for it.
    if (found?.ino !== log.inode) {
      close();
      return found !== undefined;
    }
    return false;
  }

  function take(bytes: Uint8Array, writtenMs: number): void {
    for (const line of splitter.push(decoder.decode(bytes, { stream: true }))) {
      if (!onLine(line, writtenMs)) continue;
      lastLineMs = performance.now();
      told = "";
    }
  }

  function open(): OpenLog | undefined {
    try {
      const descriptor = openSync(path, "r");
      const opened = {
        descriptor,
        inode: fstatSync(descriptor).ino,
        offset: 0,
        changedMs: 0,
        head: Buffer.alloc(0),
      };
      restart(opened);
      onNews(`following ${path}`, "info");
      lastLineMs = performance.now();
      return opened;
    } catch (error) {
      // It went between stat and open.
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** What was half a line belongs to what was before. */
  function restart(opened: OpenLog): void {
    opened.offset = 0;
    opened.head = Buffer.alloc(0);
    splitter = createLineSplitter(lineLengthMax);
    decoder = new TextDecoder();
  }

  function close(): void {
    if (log) closeSync(log.descriptor);
    log = undefined;
  }

  function tellOnce(what: "absent" | "silent", text: string): void {
    if (told === what) return;
    told = what;
    onNews(text, "warning");
  }
}
