/** Takes over a file that another user made in a directory of his, where he can change names at any time. */

import { constants, type Stats } from "node:fs";
import { describeError, errnoOf } from "../core/errors.ts";
import { call, type FileWork } from "./file-work.ts";
import { ownUid } from "./run-as.ts";
import { isSameFile } from "./same-file.ts";

/**
 * Makes `from`, a file of user `uid`, to `to`, a file of ours with mode 0600 in a directory of ours; both may be the
 * same. Undefined when done, else why it was left alone: a link, a FIFO, another user's file, one with a second name.
 *
 * It is renamed and not copied, since a debug dump may fill half of the disk. So its maker may still hold it open for
 * writing: what it says stays his word. Never throws.
 */
export function* takeFile(from: string, to: string, uid: number): FileWork<string | undefined> {
  let descriptor: number;
  try {
    // Non-blocking: neither a FIFO nor a lease of its owner's may hold us.
    descriptor = yield* call.open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "there is no file";
    return errnoOf(error) === "ELOOP"
      ? "it is a symbolic link"
      : `it cannot be opened: ${describeError(error)}`;
  }
  try {
    const file = yield* call.fstat(descriptor);
    return strangenessOf(file, uid) ?? (yield* takeOpen(descriptor, file, from, to));
  } catch (error) {
    return describeError(error);
  } finally {
    yield* call.close(descriptor);
  }
}

/** `file` is what is open; what has its name by now may be another. */
function* takeOpen(descriptor: number, file: Stats, from: string, to: string): FileWork<string | undefined> {
  if (from !== to) yield* call.rename(from, to);
  const there = yield* call.lstat(to);
  if (!isSameFile(there, file)) {
    yield* giveBack(to, from);
    return "it was exchanged while it was taken over";
  }
  // In this order: chown clears the set-user-ID bit, and from then on its maker cannot set it again.
  yield* call.fchown(descriptor, ownUid(), process.getegid?.() ?? 0);
  yield* call.fchmod(descriptor, 0o600);
  if ((yield* call.fstat(descriptor)).nlink === 1) return undefined;
  yield* giveBack(to, from);
  return "it was given a second name while it was taken over";
}

function strangenessOf(file: Stats, uid: number): string | undefined {
  if (!file.isFile()) return "it is not a regular file";
  if (file.uid !== uid) return `it belongs to user ${file.uid}, not to ${uid}`;
  return file.nlink === 1 ? undefined : "it is a hard link";
}

/** At once, since the next file gets this name. A directory goes back to him: he may have put anything into it. */
function* giveBack(path: string, from: string): FileWork<void> {
  try {
    yield* call.unlink(path);
  } catch {
    yield* call.rename(path, `${from}.${crypto.randomUUID()}`);
  }
}
