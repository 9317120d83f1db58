/**
 * A file that appears whole or not at all: written under another name beside it, then renamed. See rename(2). The
 * other name is made anew and never followed: what somebody put there is removed, and a link at `path` is replaced, not
 * written through.
 *
 * Own code, because the agent replaces status.json once a second and must stay small. In the compiled binary
 * `write-file-atomic` adds 9 MiB of RSS and `atomically` 7 MiB (medians of five), this nothing; `atomically` listens
 * for 17 signals, some of which the agent answers itself. Theirs is a new name for each write, so that what a killed
 * agent leaves piles up; here the next write replaces it.
 */

import { closeSync, constants, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { errnoOf, NsomemError } from "../core/errors.ts";
import { kindOf } from "./file-kind.ts";
import { call, doNow, type FileWork, writeAll } from "./file-work.ts";
import { safeFlags } from "./regular-file.ts";

const createFlags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | safeFlags;

/** Those that are being written now. */
const partials = new Set<string>();

/** Before a process ends by a signal: of what `replaceFile` was writing nothing is left. */
export function removePartials(): void {
  for (const partial of partials) {
    try {
      rmSync(partial, { force: true });
    } catch {
      // The next one that is written there removes it.
    }
  }
}

/** `write` fills the file (0600) that it is given. Throws what fails, and leaves nothing of it. */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<unknown>,
): Promise<void> {
  const partial = partialOf(path);
  refuseSpecial(path, await stat(path).catch(() => undefined));
  partials.add(partial);
  try {
    await rm(partial, { force: true });
    const file = await open(partial, createFlags, 0o600);
    try {
      await write(file);
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    partials.delete(partial);
  }
}

/** The same at once, for what must not wait for another turn of the event loop. */
export function replaceFileSync(path: string, write: (descriptor: number) => void): void {
  refuseSpecial(path, statSync(path, { throwIfNoEntry: false }));
  replaceAnything(path, write);
}

/** A text or bytes, for their owner alone (0600), in the place of whatever is there but a directory. */
export function* replaceWith(path: string, content: string | Uint8Array): FileWork<void> {
  const partial = partialOf(path);
  const data = typeof content === "string" ? Buffer.from(content) : content;
  try {
    yield* anew(partial, () => call.writeNew(partial, data));
    yield* call.rename(partial, path);
  } catch (error) {
    try {
      yield* call.unlink(partial);
    } catch {
      // Why it could not be written says more.
    }
    throw error;
  }
}

/** The same of a text in pieces, at once. */
export function replaceWithPieces(path: string, pieces: Iterable<string>): void {
  replaceAnything(path, (descriptor) => {
    for (const piece of pieces) doNow(writeAll(descriptor, Buffer.from(piece)));
  });
}

function replaceAnything(path: string, write: (descriptor: number) => void): void {
  const partial = partialOf(path);
  try {
    const descriptor = doNow(anew(partial, () => call.open(partial, createFlags, 0o600)));
    try {
      write(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
  } catch (error) {
    try {
      rmSync(partial, { force: true });
    } catch {
      // Why it could not be written says more.
    }
    throw error;
  }
}

function* anew<T>(partial: string, make: () => FileWork<T>): FileWork<T> {
  try {
    return yield* make();
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // Of a killed agent, or somebody's link.
    yield* call.unlink(partial);
    return yield* make();
  }
}

/** `--out /dev/stdout` would put a file in the place of the device. */
function refuseSpecial(path: string, there: Awaited<ReturnType<typeof stat>> | undefined): void {
  if (there && !there.isFile())
    throw new NsomemError("FILE", `${path} is ${kindOf(there)}, not a regular file`);
}

function partialOf(path: string): string {
  return `${path}.partial`;
}
