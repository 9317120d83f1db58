/**
 * Files of /proc and of cgroups that are kept open. What the way from a reading to the signal needs is read from these:
 * a leak, or a limit that somebody lowers, can leave this process without a descriptor for anything new. Reading one
 * again costs a pread(2) instead of three calls.
 */

import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { isSameFile } from "./same-file.ts";

interface HeldFile {
  descriptor: number | undefined;
  holders: number;
  checkedMs: number;
}

const heldByPath = new Map<string, HeldFile>();
/** Of them all; a process that may have 64 descriptors keeps half of those for the rest. */
const heldMax = 32;
/** The path may lead elsewhere by now: something was mounted over it, or its cgroup was made anew. */
const checkMs = 1000;

/** One who holds files. */
export interface FileHolder {
  /** From now on these, the most important first, and none of those before. What cannot be opened now is opened when it is read. */
  hold(paths: readonly string[]): void;
}

export function fileHolder(): FileHolder {
  let mine: readonly string[] = [];
  return {
    hold(paths) {
      const before = mine;
      mine = [...new Set(paths)];
      for (const path of mine) retain(path);
      for (const path of before) release(path);
    },
  };
}

function retain(path: string): void {
  const file = heldByPath.get(path);
  if (file) file.holders++;
  else if (heldByPath.size < heldMax) {
    const made = { descriptor: undefined, holders: 1, checkedMs: 0 };
    heldByPath.set(path, made);
    renew(path, made);
  }
}

function release(path: string): void {
  const file = heldByPath.get(path);
  if (!file || --file.holders > 0) return;
  heldByPath.delete(path);
  if (file.descriptor !== undefined) closeSync(file.descriptor);
}

/** The text of a file that is held; undefined where it is not, or where it says nothing any more: then it is to be opened. */
export function readHeld(path: string): string | undefined {
  const file = heldByPath.get(path);
  if (!file) return undefined;
  const nowMs = performance.now();
  if (file.descriptor === undefined || nowMs - file.checkedMs >= checkMs || isRemoved(file.descriptor)) {
    file.checkedMs = nowMs;
    renewIfOther(path, file);
  }
  if (file.descriptor === undefined) return undefined;
  try {
    return readAll(file.descriptor);
  } catch {
    // ESRCH, ENODEV: the process or the cgroup is gone; its path may be of another.
    closeSync(file.descriptor);
    file.descriptor = undefined;
    return undefined;
  }
}

function isRemoved(descriptor: number): boolean {
  return fstatSync(descriptor).nlink === 0;
}

function renewIfOther(path: string, file: HeldFile): void {
  const { descriptor } = file;
  if (descriptor !== undefined) {
    if (isSameFile(lookAt(path), fstatSync(descriptor))) return;
    if (isRemoved(descriptor)) {
      closeSync(descriptor);
      file.descriptor = undefined;
    }
  }
  renew(path, file);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTCONN: a file system in user space has died; what is held of the one below it may still be read.
    return undefined;
  }
}

/** Where it cannot be opened, what is held stays: it is better than nothing. */
function renew(path: string, file: HeldFile): void {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (file.descriptor !== undefined) closeSync(file.descriptor);
    file.descriptor = descriptor;
    file.checkedMs = performance.now();
  } catch {}
}

/** Larger than every file that is held, but for a command line: those are read on. */
let buffer = Buffer.allocUnsafe(16 * 1024);

function readAll(descriptor: number): string {
  for (let filled = 0; ; ) {
    const bytes = readSync(descriptor, buffer, filled, buffer.length - filled, filled);
    if (bytes === 0) return buffer.toString("utf8", 0, filled);
    filled += bytes;
    if (filled === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
  }
}
