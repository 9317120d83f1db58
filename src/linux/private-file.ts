/** nsomem's own files, for their owner alone (0600), each opened in its directory as it is held. */

import { closeSync, constants, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { errnoOf } from "../core/errors.ts";
import { call, type FileWork } from "./file-work.ts";
import type { PlaceOptions } from "./ownership.ts";
import { openPrivateDirectory, type PrivateDirectory, withinPrivateDirectory } from "./private-directory.ts";
import { refuseUnfit, safeFlags } from "./regular-file.ts";
import { replaceWith } from "./replace-file.ts";
import { isSameFile } from "./same-file.ts";

export interface PrivateFile {
  descriptor: number;
  stats: Stats;
}

/**
 * Opens `path` to be appended to and read, made where it is not there, its directory too. Throws NsomemError FILE for
 * what is no regular file of this user's alone, UNTRUSTED for its directory, and what open(2) refuses.
 */
export function openToAppend(path: string, options: PlaceOptions = {}): FileWork<PrivateFile> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | safeFlags;
  return withinPrivateDirectory(
    dirname(path),
    (directory) => directory.reach(basename(path), (way) => openChecked(path, way, flags)),
    options,
  );
}

/**
 * Whether somebody removed or replaced the file under its writer. Never throws: where its way may not be searched any
 * more, what becomes of it is not known, and it is written on.
 */
export function* isGone(path: string, { stats }: PrivateFile): FileWork<boolean> {
  try {
    return !isSameFile(yield* call.lstat(path), stats);
  } catch {
    return false;
  }
}

/** Makes a file that is not there yet, for writing. Throws EEXIST where it is, and as `openToAppend`. */
export function createPrivateFile(path: string): FileWork<number> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | safeFlags;
  return withinPrivateDirectory(dirname(path), (directory) =>
    directory.reach(basename(path), (way) => call.open(way, flags, 0o600)),
  );
}

/** Puts `content` in the place of the file, whole or not at all. Throws as `openToAppend`. */
export function replacePrivateFile(path: string, content: string | Uint8Array): FileWork<void> {
  return withinPrivateDirectory(dirname(path), (directory) => replaceIn(directory, basename(path), content));
}

function replaceIn(directory: PrivateDirectory, name: string, content: string | Uint8Array): FileWork<void> {
  return directory.reach(name, (way) => replaceWith(way, content));
}

/** A file that is replaced so often that its directory is kept open. */
export interface ReplacedFile {
  /** Throws as `replacePrivateFile`. */
  replace(content: string): FileWork<void>;
  close(): void;
}

/** Each call costs the agent's thread 0.1 ms (facts 4.28); a directory that is gone is noticed at once, one that was replaced by this. */
const lookAfterMs = 5000;

/** Opens nothing before the first `replace`; a directory that was removed meanwhile is made anew, with the checks. */
export function replacedFile(path: string): ReplacedFile {
  let held: PrivateDirectory | undefined;
  let lookAtMs = 0;
  const close = () => {
    held?.close();
    held = undefined;
  };
  return {
    *replace(content) {
      if (held && performance.now() >= lookAtMs) {
        lookAtMs = performance.now() + lookAfterMs;
        if (!(yield* held.isInPlace())) close();
      }
      try {
        if (held) return yield* replaceIn(held, basename(path), content);
      } catch (error) {
        if (errnoOf(error) !== "ENOENT") throw error;
        close();
      }
      held = yield* openPrivateDirectory(dirname(path));
      lookAtMs = performance.now() + lookAfterMs;
      yield* replaceIn(held, basename(path), content);
    },
    close,
  };
}

function* openChecked(path: string, way: string, flags: number): FileWork<PrivateFile> {
  const descriptor = yield* call.open(way, flags, 0o600);
  try {
    const stats = yield* call.fstat(descriptor);
    refuseUnfit(path, stats, { of: "own" });
    return { descriptor, stats };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
