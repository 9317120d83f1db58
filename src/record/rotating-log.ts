/**
 * A log file that stays bounded and never throws: a full disk must not stop the rescue.
 *
 * Own code: the packages for it (`rotating-file-stream`, `file-stream-rotator`) are streams. The last lines before a
 * kill would wait in memory, and a full disk would be an event somewhere else instead of a line counted here.
 */

import { closeSync, renameSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { lineLengthMax } from "../core/line.ts";
import { shownText } from "../core/shown.ts";
import { inPrivateDirectory, type PrivateDirectory } from "../linux/private-directory.ts";
import { isGone, openToAppend, type PrivateFile } from "../linux/private-file.ts";

export interface RotatingLog {
  /** One entry. What a terminal would obey is in the file as text: logs are read with `cat` and `tail`. */
  write(line: string): void;
  /** Lines that could not be written since the start, because the disk was full or the file was not writable. */
  lost(): number;
  close(): void;
}

export interface RotatingLogOptions {
  path: string;
  bytesMax: number;
  /** How many full files are kept beside the current one: `monitor.log.1` is the newest of them. */
  keep: number;
}

const reopenAfterMs = 5000;
/** One lstat(2) a second at most: lines that went into a file that was removed are lost. */
const lookAfterMs = 1000;
/** Where logs may lie. Also in /tmp, as the action log of `watch`: each file's own owner is checked all the same. */
export const logPlace = { isShared: true, trustsGroups: true };

/**
 * Appends to `path`; at `bytesMax` it becomes `path.1`, and so on, up to `path.keep`. A file or directory that was
 * removed meanwhile is made anew.
 */
export function openRotatingLog({ path, bytesMax, keep }: RotatingLogOptions): RotatingLog {
  let file: PrivateFile | undefined;
  let bytes = 0;
  let lost = 0;
  let reopenAtMs = 0;
  let lookAtMs = 0;
  open();

  return {
    write(line) {
      const data = Buffer.from(`${entryOf(line)}\n`);
      if (bytes + data.length > bytesMax) rotate();
      if (file && wasTaken(file)) close();
      if (!file && performance.now() >= reopenAtMs) open();
      if (!file) {
        lost++;
        return;
      }
      try {
        bytes += writeSync(file.descriptor, data);
      } catch {
        lost++;
        close();
      }
    },
    lost: () => lost,
    close,
  };

  function open(): void {
    try {
      file = openToAppend(path, logPlace);
      bytes = file.stats.size;
      lookAtMs = performance.now() + lookAfterMs;
    } catch {
      file = undefined;
      reopenAtMs = performance.now() + reopenAfterMs;
    }
  }

  function wasTaken(from: PrivateFile): boolean {
    if (performance.now() < lookAtMs) return false;
    lookAtMs = performance.now() + lookAfterMs;
    return isGone(path, from);
  }

  function rotate(): void {
    close();
    try {
      inPrivateDirectory(dirname(path), (directory) => shift(directory, basename(path), keep), logPlace);
    } catch {
      // Kept as it is and appended to; the next line tries again.
    }
    open();
  }

  function close(): void {
    if (file) closeSync(file.descriptor);
    file = undefined;
  }
}

/** What follows a newline is indented, so that no text from outside can begin a line as an entry does. */
function entryOf(line: string): string {
  return shownText(line, { lengthMax: lineLengthMax }).replaceAll("\n", "\n    ");
}

function shift(directory: PrivateDirectory, name: string, keep: number): void {
  directory.at(name, (way) => {
    for (let index = keep - 1; index >= 1; index--) renameIfThere(`${way}.${index}`, `${way}.${index + 1}`);
    renameIfThere(way, `${way}.1`);
  });
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
