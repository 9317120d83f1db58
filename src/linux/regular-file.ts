/**
 * The door through which files are read that others wrote: the operator's (configuration, callbacks, recordings),
 * other programs' (logs, ncs.conf) and nsomem's own. Regular files only: a FIFO would hold the agent's only thread for
 * ever, `/dev/zero` never ends, and opening a device can be a deed of its own (`/dev/watchdog` restarts the host).
 */

import { closeSync, constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { errnoOf, NsomemError } from "../core/errors.ts";
import { formatKib } from "../core/units.ts";
import { kindOf } from "./file-kind.ts";
import { call, doNow, type FileWork, readAll } from "./file-work.ts";
import { ownProcDir } from "./roots.ts";

/** What is accepted at the path. */
export interface RegularOptions {
  /** A larger file is refused. Default: any size. */
  bytesMax?: number;
  /**
   * `anyone`: a file that was given, of whatever owner, links followed. `own`: one that nsomem wrote itself, so it is
   * no link, has no second name, and belongs to this user or to root.
   */
  of: "anyone" | "own";
  /** A link is refused whoever's it is. */
  isNoLink?: boolean;
}

export interface RegularFile {
  descriptor: number;
  stats: Stats;
}

// Not among node's constants. The same on x86-64 and arm64: <asm-generic/fcntl.h>.
export const O_PATH = 0o10000000;
/** What every opening has beside its direction. Bun adds O_CLOEXEC by itself. */
export const safeFlags = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

const readFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Open for reading, to be closed by the caller. Throws NsomemError FILE naming what it is instead, and what fs throws. */
export function openRegular(path: string, options: RegularOptions): RegularFile {
  return doNow(regularFile(path, options));
}

/** The same as work on files. */
export function* regularFile(path: string, options: RegularOptions): FileWork<RegularFile> {
  // By O_PATH nothing is opened yet: it is looked at first, and then this very file is opened.
  const place = yield* call.open(
    path,
    O_PATH | (options.of === "own" || options.isNoLink ? constants.O_NOFOLLOW : 0),
  );
  try {
    const stats = yield* call.fstat(place);
    refuseUnfit(path, stats, options);
    return { descriptor: yield* call.open(`${ownProcDir}/self/fd/${place}`, readFlags), stats };
  } catch (error) {
    throw withName(error, path, `${ownProcDir}/self/fd/${place}`);
  } finally {
    closeSync(place);
  }
}

/** The whole text. Throws as `openRegular` does. */
export function readRegular(path: string, options: RegularOptions & { bytesMax: number }): string {
  const { descriptor, stats } = openRegular(path, options);
  try {
    return readText(descriptor, stats.size);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file that was opened, as long as it was then. */
export function readText(descriptor: number, bytes: number): string {
  return doNow(readAll(descriptor, bytes));
}

/** The first `bytes` bytes of an open file as text; fewer where it is shorter by now. */
export async function readTextLater(file: FileHandle, bytes: number): Promise<string> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.toString("utf8", 0, bytesRead);
}

/**
 * A given file without a wait on this thread, for mounts that may be dead. Links are followed unless `isNoLink`.
 * Throws as `openRegular` does; `name` is what an error calls it, where the path is a way by a descriptor.
 */
export async function openRegularLater(
  path: string,
  { isNoLink = false, name = path } = {},
): Promise<{ file: FileHandle; stats: Stats }> {
  const nofollow = isNoLink ? constants.O_NOFOLLOW : 0;
  const place = await open(path, O_PATH | nofollow).catch((error: unknown) => {
    throw withName(error, name, path);
  });
  const way = `${ownProcDir}/self/fd/${place.fd}`;
  try {
    const stats = await place.stat();
    refuseUnfit(name, stats, { of: "anyone" });
    return { file: await open(way, readFlags), stats };
  } catch (error) {
    throw withName(error, name, way);
  } finally {
    await place.close();
  }
}

/** Throws NsomemError FILE with why `stats` are not those of a file that may be opened. */
export function refuseUnfit(path: string, stats: Stats, { bytesMax, of }: RegularOptions): void {
  const refuse = (why: string) => new NsomemError("FILE", `${path} ${why}`);
  if (!stats.isFile()) throw refuse(`is ${kindOf(stats)}, not a regular file`);
  if (bytesMax !== undefined && stats.size > bytesMax) {
    const [size, most] = [stats.size, bytesMax].map((bytes) => formatKib(bytes / 1024));
    throw refuse(`has ${size}; more than ${most} is not read`);
  }
  if (of === "anyone") return;
  const uid = process.getuid?.() ?? 0;
  if (stats.uid !== 0 && stats.uid !== uid) throw refuse(`belongs to user ${stats.uid}`);
  if (stats.nlink > 1) throw refuse("has a second name elsewhere (a hard link)");
}

/** The same error with the name that the operator knows in place of the way by a descriptor. */
export function withName(error: unknown, path: string, way: string): unknown {
  if (!(error instanceof Error) || error instanceof NsomemError) return error;
  if (errnoOf(error) === "ELOOP")
    return new NsomemError("FILE", `${path} is a symbolic link, not a regular file`);
  error.message = error.message.replaceAll(way, path);
  return error;
}
