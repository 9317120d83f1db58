/**
 * A directory that is this user's alone, held open: the door through which nsomem writes its own files. Names are
 * reached relative to its descriptor, as openat(2) does, so that no directory or link can be put in its place between
 * the check and the use. By /proc/self/fd (facts 4.26) and not by FFI, which MemoryDenyWriteExecute takes away (facts 4.2).
 */

import { closeSync, constants } from "node:fs";
import { join } from "node:path";
import { errnoOf, exitCodes, NsomemError } from "../core/errors.ts";
import { call, doNow, type FileWork } from "./file-work.ts";
import { type PlaceOptions, type Way, wayToDirectory } from "./ownership.ts";
import { withName } from "./regular-file.ts";
import { ownProcDir } from "./roots.ts";
import { isSameFile } from "./same-file.ts";

export interface PrivateDirectory {
  path: string;
  /** Calls `work` with the way to `name` in it; an error that it throws names the file as the operator knows it. */
  at<T>(name: string, work: (way: string) => T): T;
  /** The same for work on files. */
  reach<T>(name: string, work: (way: string) => FileWork<T>): FileWork<T>;
  /** Whether its path still leads to it: false once it was removed or replaced. */
  isInPlace(): FileWork<boolean>;
  close(): void;
}

/**
 * Opens it, made with mode 0700 where it is not there. Throws NsomemError UNTRUSTED (exit 2) as `refuseForeign` does,
 * and what mkdir(2) and open(2) refuse.
 */
export function* openPrivateDirectory(path: string, options: PlaceOptions = {}): FileWork<PrivateDirectory> {
  let checked = yield* trustedWay(path, options);
  if (checked.missing.length > 0) {
    yield* makeDirectories(checked);
    checked = yield* trustedWay(path, options);
  }
  const descriptor = yield* openDirectory(path, checked.real);
  const way = `${ownProcDir}/self/fd/${descriptor}`;
  const named = (error: unknown, name: string) => withName(error, join(path, name), `${way}/${name}`);
  const held = yield* call.fstat(descriptor);
  if (checked.missing.length > 0 || !isSameFile(held, checked.found)) {
    closeSync(descriptor);
    throw new NsomemError("DIRECTORY", `${path} was replaced while it was opened`);
  }
  return {
    path,
    at(name, work) {
      try {
        return work(`${way}/${name}`);
      } catch (error) {
        throw named(error, name);
      }
    },
    *reach(name, work) {
      try {
        return yield* work(`${way}/${name}`);
      } catch (error) {
        throw named(error, name);
      }
    },
    *isInPlace() {
      return isSameFile(yield* call.stat(path), held);
    },
    close: () => closeSync(descriptor),
  };
}

/** Opens the directory for the time of `work`, at once. */
export function inPrivateDirectory<T>(
  path: string,
  work: (directory: PrivateDirectory) => T,
  options: PlaceOptions = {},
): T {
  const directory = doNow(openPrivateDirectory(path, options));
  try {
    return work(directory);
  } finally {
    directory.close();
  }
}

/** The same for work on files. */
export function* withinPrivateDirectory<T>(
  path: string,
  work: (directory: PrivateDirectory) => FileWork<T>,
  options: PlaceOptions = {},
): FileWork<T> {
  const directory = yield* openPrivateDirectory(path, options);
  try {
    return yield* work(directory);
  } finally {
    directory.close();
  }
}

/**
 * Throws NsomemError UNTRUSTED (exit 2) where another user could read, write or replace what is in the directory,
 * naming the part of its path and the command that mends it. Changes nothing.
 */
export function refuseForeign(path: string, options: PlaceOptions = {}): void {
  doNow(trustedWay(path, options));
}

function* trustedWay(path: string, options: PlaceOptions): FileWork<Way> {
  const way = yield* wayToDirectory(path, options);
  if (way.complaints.length === 0) return way;
  const message = way.complaints.map((text) => `refused: ${text}, or use another --home`).join("\n");
  throw new NsomemError("UNTRUSTED", message, exitCodes.usage);
}

function* makeDirectories({ real, missing }: Way): FileWork<void> {
  let made = real;
  for (const name of missing) {
    made = join(made, name);
    try {
      yield* call.mkdir(made, 0o700);
    } catch (error) {
      // Whoever was quicker: it is checked once more, whose it is.
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  }
}

function* openDirectory(path: string, real: string): FileWork<number> {
  try {
    return yield* call.open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) !== "ENOTDIR") throw error;
    throw new NsomemError("DIRECTORY", `${path} is not a directory; use another --home`);
  }
}
