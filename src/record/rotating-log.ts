/**
 * A log file that stays bounded and never throws: a full disk must not stop the rescue.
 *
 * Own code: the packages for it (`rotating-file-stream`, `file-stream-rotator`) are streams. The last lines before a
 * kill would wait in memory, and a full disk would be an event somewhere else instead of a line counted here.
 */

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { shownText } from "../core/shown.ts";

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

/** As long as a line of the tool may be. */
const lineLengthMax = 4096;
const reopenAfterMs = 5000;

/** Appends to `path`; at `bytesMax` it becomes `path.1`, and so on, up to `path.keep`. */
export function openRotatingLog({ path, bytesMax, keep }: RotatingLogOptions): RotatingLog {
  let descriptor: number | undefined;
  let bytes = 0;
  let lost = 0;
  let reopenAtMs = 0;
  open();

  return {
    write(line) {
      const data = Buffer.from(`${entryOf(line)}\n`);
      if (bytes + data.length > bytesMax) rotate();
      if (descriptor === undefined && performance.now() >= reopenAtMs) open();
      if (descriptor === undefined) {
        lost++;
        return;
      }
      try {
        bytes += writeSync(descriptor, data);
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
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      descriptor = openSync(path, "a", 0o600);
      bytes = fstatSync(descriptor).size;
    } catch {
      descriptor = undefined;
      reopenAtMs = performance.now() + reopenAfterMs;
    }
  }

  function rotate(): void {
    close();
    try {
      for (let index = keep - 1; index >= 1; index--)
        renameIfThere(`${path}.${index}`, `${path}.${index + 1}`);
      renameIfThere(path, `${path}.1`);
    } catch {
      // Kept as it is and appended to; the next line tries again.
    }
    open();
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }
}

/** What follows a newline is indented, so that no text from outside can begin a line as an entry does. */
function entryOf(line: string): string {
  return shownText(line, { lengthMax: lineLengthMax }).replaceAll("\n", "\n    ");
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
