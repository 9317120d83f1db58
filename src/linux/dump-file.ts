/**
 * Crash dump files: judged by their last line, moved aside, copied, summed up. They are NSO's, in NSO's directories;
 * what is no regular file is never opened.
 */

import { access, type FileHandle, lstat, rename, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DumpEnding } from "../core/dump-verdict.ts";
import { errnoOf, NsomemError } from "../core/errors.ts";
import { openRegularLater } from "./regular-file.ts";
import { replaceFile } from "./replace-file.ts";
import { isSameFile } from "./same-file.ts";

/** A place as the core names it, and the way by which this process gets there (a container has its own root). */
export interface ReachablePlace {
  path: string;
  reach: string;
}

/** A complete dump ends with `=end`, one cut by ERL_CRASH_DUMP_BYTES with `=abort:CRASH DUMP SIZE LIMIT REACHED`. */
export function endingOfTail(tail: string): Exclude<DumpEnding, "empty" | "unread"> {
  const text = tail.trimEnd();
  const lastLine = text.slice(text.lastIndexOf("\n") + 1);
  if (lastLine === "=end") return "complete";
  return lastLine.startsWith("=abort:") ? "aborted" : "cut";
}

const tailBytes = 256;

/** How a dump of that size ends. Throws what the system says. */
export async function endingOf(path: string, bytes: number): Promise<DumpEnding> {
  if (bytes === 0) return "empty";
  const { file } = await openRegularLater(path);
  try {
    const tail = Buffer.alloc(Math.min(bytes, tailBytes));
    await file.read(tail, 0, tail.length, bytes - tail.length);
    return endingOfTail(tail.toString("latin1"));
  } finally {
    await file.close();
  }
}

/** Written to so lately that it may be a dump in the making, of a core that is crashing by itself. */
const freshMs = 3000;

/**
 * Gives the file at `wanted` a name with its own time in it, so that the next dump does not overwrite it; a rename,
 * so that its size does not matter. Returns the new name, or undefined when there was nothing to move: a link is never
 * moved, the survey follows it before. `isInTheWay`: it is none of the core's, however new it is.
 */
export async function moveAside(
  path: string,
  nowMs: number,
  { isInTheWay = false } = {},
): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  if (!isInTheWay && Math.abs(nowMs - found.mtimeMs) < freshMs) return undefined;
  const stamp = new Date(found.mtimeMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  for (let attempt = 0; attempt < namesMax; attempt++) {
    const aside = `${path}.${stamp}${attempt === 0 ? "" : `-${attempt}`}`;
    if (await exists(aside)) continue;
    await rename(path, aside);
    if (await isStill(aside, found)) return aside;
    // The disk was slow, and the core has begun its dump meanwhile: that one keeps its place.
    await rename(aside, path);
    return undefined;
  }
  throw new NsomemError("MOVE_ASIDE", `${path}: ${namesMax} files of ${stamp} stand beside it already`);
}

const namesMax = 1000;

/** The file that was looked at, and nobody has written to it since. */
async function isStill(path: string, before: { ino: number; mtimeMs: number }): Promise<boolean> {
  const now = await lstat(path);
  return now.ino === before.ino && now.mtimeMs === before.mtimeMs;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ENOENT";
  }
}

/**
 * Copies a file that lies in another mount namespace and cannot be seen under its own name here: it goes away with
 * its container. False where it can be seen, where there is no room, or the copy failed; nothing is left of that.
 */
export async function copyUnseen({ path, reach }: ReachablePlace, copy: string): Promise<boolean> {
  try {
    // No link: in a container's root it would lead to the same path of this host's.
    const { file, stats: there } = await openRegularLater(reach, { isNoLink: true });
    try {
      const here = await stat(path).catch(() => undefined);
      if (isSameFile(here, there)) return false;
      const { bavail, bsize } = await statfs(dirname(copy));
      if (bavail * bsize < there.size || !(await isCrashDump(file))) return false;
      await replaceFile(copy, async (into) => {
        for await (const piece of piecesOf(file)) await into.writeFile(piece);
      });
      return true;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

const firstWord = "=erl_crash_dump:";

/** By its first line. What a record names as a dump may be any file by now. */
export async function isCrashDump(file: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(firstWord.length);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return head.toString("latin1", 0, bytesRead) === firstWord;
}

const pieceBytes = 1 << 20;

async function* piecesOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(pieceBytes);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The SHA-256 of a file of any size, read in pieces; undefined when it cannot be read to its end. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string | undefined> {
  const hash = new Bun.CryptoHasher("sha256");
  try {
    const { file } = await openRegularLater(path);
    try {
      for await (const piece of piecesOf(file, signal)) hash.update(piece);
      return hash.digest("hex");
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
