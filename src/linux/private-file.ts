/** nsomem's own files, for their owner alone (0600), each opened in its directory as it is held. */

import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { errnoOf } from "../core/errors.ts";
import type { PlaceOptions } from "./ownership.ts";
import { inPrivateDirectory, openPrivateDirectory, type PrivateDirectory } from "./private-directory.ts";
import { refuseUnfit, safeFlags } from "./regular-file.ts";
import { replaceWithSync } from "./replace-file.ts";
import { isSameFile } from "./same-file.ts";

export interface PrivateFile {
  descriptor: number;
  stats: Stats;
}

/**
 * Opens `path` to be appended to and read, made where it is not there, its directory too. Throws NsomemError FILE for
 * what is no regular file of this user's alone, UNTRUSTED for its directory, and what open(2) refuses.
 */
export function openToAppend(path: string, options: PlaceOptions = {}): PrivateFile {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | safeFlags;
  return inPrivateDirectory(
    dirname(path),
    (directory) => directory.at(basename(path), (way) => checked(path, openSync(way, flags, 0o600))),
    options,
  );
}

/**
 * Whether somebody removed or replaced the file under its writer. Never throws: where its way may not be searched any
 * more, what becomes of it is not known, and it is written on.
 */
export function isGone(path: string, { stats }: PrivateFile): boolean {
  try {
    return !isSameFile(lstatSync(path, { throwIfNoEntry: false }), stats);
  } catch (error) {
    return errnoOf(error) === "ENOTDIR";
  }
}

/** Makes a file that is not there yet, for writing. Throws EEXIST where it is, and as `openToAppend`. */
export function createPrivateFile(path: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | safeFlags;
  return inPrivateDirectory(dirname(path), (directory) =>
    directory.at(basename(path), (way) => openSync(way, flags, 0o600)),
  );
}

/** Puts `content` in the place of the file, whole or not at all. Throws as `openToAppend`. */
export function replacePrivateFile(path: string, content: string | Uint8Array): void {
  inPrivateDirectory(dirname(path), (directory) => replaceIn(directory, basename(path), content));
}

function replaceIn(directory: PrivateDirectory, name: string, content: string | Uint8Array): void {
  directory.at(name, (way) => replaceWithSync(way, content));
}

/** A file that is replaced so often that its directory is kept open. */
export interface ReplacedFile {
  /** Throws as `replacePrivateFile`. One stat(2) more than the writing itself. */
  replace(content: string): void;
  close(): void;
}

/** Opens nothing before the first `replace`; a directory that was removed meanwhile is made anew, with the checks. */
export function replacedFile(path: string): ReplacedFile {
  let held: PrivateDirectory | undefined;
  const close = () => {
    held?.close();
    held = undefined;
  };
  return {
    replace(content) {
      if (held?.isInPlace() === false) close();
      held ??= openPrivateDirectory(dirname(path));
      replaceIn(held, basename(path), content);
    },
    close,
  };
}

function checked(path: string, descriptor: number): PrivateFile {
  try {
    const stats = fstatSync(descriptor);
    refuseUnfit(path, stats, { of: "own" });
    return { descriptor, stats };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
