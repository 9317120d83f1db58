/**
 * A log file that stays bounded, never throws, and is written beside the agent's thread: neither a full disk nor one
 * that does not answer may stop the rescue.
 *
 * Own code: the packages for it (`rotating-file-stream`, `file-stream-rotator`) are streams, for which a full disk is an
 * event somewhere else instead of lines that wait here and are written when there is room.
 */

import { basename, dirname } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { lineLengthMax } from "../core/line.ts";
import { shownText } from "../core/shown.ts";
import { call, type FileWork } from "../linux/file-work.ts";
import { type PrivateDirectory, withinPrivateDirectory } from "../linux/private-directory.ts";
import { isGone, openToAppend, type PrivateFile } from "../linux/private-file.ts";
import { createDrain, type Lane } from "./lane.ts";

export interface RotatingLog {
  /** One entry. What a terminal would obey is in the file as text: logs are read with `cat` and `tail`. */
  write(line: string): void;
  /** Lines that were given up since the start: so many waited for the disk that the oldest had to go. */
  lost(): number;
  /** Lines that wait for a disk that does not take them, and why it does not. */
  waiting(): { lines: number; reason: string } | undefined;
  /** Waits until all is written, at most `msMax`, and closes the file then. False: something is left. */
  close(msMax: number): Promise<boolean>;
}

export interface RotatingLogOptions {
  path: string;
  bytesMax: number;
  /** How many full files are kept beside the current one: `monitor.log.1` is the newest of them. */
  keep: number;
  /** Of the directory that it is in. */
  lane: Lane;
  /** Lines that come within this time are written together. */
  gatherMs?: number;
  /** Between two looks whether the file was removed: lines that went into it since are lost. */
  lookAfterMs?: number;
}

/** One lstat(2) a second at most. */
const lookAfterMsDefault = 1000;
/** In memory while the disk takes nothing: the lines of half a minute at the fastest cadence, of an hour at the slowest. */
const waitingBytesMax = 256 * 1024;
const batchBytesMax = 64 * 1024;
/** Where logs may lie. Also in /tmp, as the action log of `watch`: each file's own owner is checked all the same. */
export const logPlace = { isShared: true, trustsGroups: true };

/**
 * Appends to `path`; at `bytesMax` it becomes `path.1`, and so on, up to `path.keep`. A file or directory that was
 * removed meanwhile is made anew.
 */
export function openRotatingLog(options: RotatingLogOptions): RotatingLog {
  const { path, bytesMax, keep, lane, gatherMs = 0, lookAfterMs = lookAfterMsDefault } = options;
  const queue = createQueue();
  let file: PrivateFile | undefined;
  let bytes = 0;
  let lookAtMs = 0;
  const drain = createDrain(lane, writeAllThatWaits, { gatherMs });
  return {
    write(line) {
      queue.add(Buffer.from(`${entryOf(line)}\n`));
      drain.wake();
    },
    lost: queue.lost,
    waiting() {
      const reason = drain.trouble();
      return reason === undefined ? undefined : { lines: queue.length(), reason };
    },
    async close(msMax) {
      const isDone = await drain.settle(msMax);
      // Beside this thread too: on some file systems close(2) waits for the server.
      if (isDone) void lane.do(close).catch(() => undefined);
      return isDone;
    },
  };

  function* writeAllThatWaits(): FileWork<void> {
    while (queue.length() > 0) {
      if (file && (yield* wasTaken(file))) yield* close();
      file ??= yield* open();
      if (bytes > 0 && bytes + queue.firstBytes() > bytesMax) yield* rotate();
      const batch = queue.take(Math.min(batchBytesMax, bytesMax - bytes));
      try {
        const written = yield* call.write(file.descriptor, batch.data);
        if (written === 0) throw new NsomemError("LOG", `${path} takes nothing`);
        bytes += written;
        batch.done(written);
      } catch (error) {
        batch.done(0);
        yield* close();
        throw error;
      }
    }
  }

  function* open(): FileWork<PrivateFile> {
    const opened = yield* openToAppend(path, logPlace);
    bytes = opened.stats.size;
    lookAtMs = performance.now() + lookAfterMs;
    return opened;
  }

  function* wasTaken(from: PrivateFile): FileWork<boolean> {
    if (performance.now() < lookAtMs) return false;
    lookAtMs = performance.now() + lookAfterMs;
    return yield* isGone(path, from);
  }

  function* rotate(): FileWork<void> {
    yield* close();
    try {
      yield* withinPrivateDirectory(
        dirname(path),
        (directory) => shift(directory, basename(path), keep),
        logPlace,
      );
    } catch {
      // Kept as it is and appended to; the next line tries again.
    }
    file = yield* open();
  }

  function* close(): FileWork<void> {
    const closing = file;
    file = undefined;
    if (closing) yield* call.close(closing.descriptor);
  }
}

/** What waits, oldest first, and is bounded. */
function createQueue() {
  let lines: Buffer[] = [];
  let bytes = 0;
  let taken = 0;
  let lost = 0;
  return {
    length: () => lines.length + taken,
    firstBytes: () => lines[0]?.length ?? 0,
    lost: () => lost,
    add(line: Buffer) {
      lines.push(line);
      bytes += line.length;
      while (bytes > waitingBytesMax && lines.length > 1) {
        bytes -= lines.shift()?.length ?? 0;
        lost++;
      }
    },
    /** As many whole lines as fit, and one at least; `done` puts back what was not written. */
    take(fitBytes: number) {
      let count = 1;
      let size = lines[0]?.length ?? 0;
      for (; count < lines.length; count++) {
        size += lines[count]?.length ?? 0;
        if (size > fitBytes) break;
      }
      const batch = lines.slice(0, count);
      lines = lines.slice(count);
      taken = count;
      const data = Buffer.concat(batch);
      bytes -= data.length;
      return {
        data,
        done(written: number) {
          taken = 0;
          if (written === data.length) return;
          // The rest of a line that fitted by half is written behind it.
          let skip = written;
          const left = batch.flatMap((line) => {
            const rest = line.subarray(Math.min(skip, line.length));
            skip -= line.length - rest.length;
            return rest.length > 0 ? [rest] : [];
          });
          lines = [...left, ...lines];
          bytes += data.length - written;
        },
      };
    },
  };
}

/** What follows a newline is indented, so that no text from outside can begin a line as an entry does. */
function entryOf(line: string): string {
  return shownText(line, { lengthMax: lineLengthMax }).replaceAll("\n", "\n    ");
}

function* shift(directory: PrivateDirectory, name: string, keep: number): FileWork<void> {
  yield* directory.reach(name, function* (way) {
    for (let index = keep - 1; index >= 1; index--)
      yield* renameIfThere(`${way}.${index}`, `${way}.${index + 1}`);
    yield* renameIfThere(way, `${way}.1`);
  });
}

function* renameIfThere(from: string, to: string): FileWork<void> {
  if (yield* call.lstat(from)) yield* call.rename(from, to);
}
