/**
 * Work on files that is written down once and done in one of two ways: at once, by a command whose user waits for it,
 * or later, by the agent, whose one thread must not stand still for a disk that does not answer. Such work is a
 * generator, which gives out one call after the other and gets its answer back.
 */

import * as fs from "node:fs";
import { errnoOf } from "../core/errors.ts";
import { giveUpSpare } from "./spare-descriptor.ts";

/** One call: as it is made at once, and as it is made on Bun's thread pool (facts 4.28). */
interface FileCall {
  now: () => unknown;
  later: () => Promise<unknown>;
}

export type FileWork<T> = Generator<FileCall, T, unknown>;

/** Does the work on this thread, which stands still until the file system has answered. Throws what it throws. */
export function doNow<T>(work: FileWork<T>): T {
  let step = work.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = step.value.now();
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(answer);
  }
  return step.value;
}

/** Does it beside this thread, a call at a time. Rejects with what it throws. */
export async function doLater<T>(work: FileWork<T>): Promise<T> {
  let step = work.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = await step.value.later();
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(answer);
  }
  return step.value;
}

type Done<T> = (error: NodeJS.ErrnoException | null, answer?: T) => void;

function* ask<T>(now: () => T, later: (done: Done<T>) => void): FileWork<T> {
  const answer = yield {
    now,
    later: () =>
      new Promise((resolve, reject) => {
        later((error, given) => (error ? reject(error) : resolve(given)));
      }),
  };
  return answer as T;
}

/** O_EXCL: a link that somebody put there is not followed. */
const newFile = { flag: "wx", mode: 0o600 };

/** The calls, by the names of their manual pages (section 2). Each throws what the system says. */
export const call = {
  open: (path: string, flags: number, mode = 0) =>
    ask(
      () => {
        try {
          return fs.openSync(path, flags, mode);
        } catch (error) {
          if (!giveUpSpare(error)) throw error;
          return fs.openSync(path, flags, mode);
        }
      },
      (done) =>
        fs.open(path, flags, mode, (error, descriptor) => {
          if (giveUpSpare(error)) fs.open(path, flags, mode, done);
          else done(error, descriptor);
        }),
    ),
  close: (descriptor: number) =>
    ask(
      () => fs.closeSync(descriptor),
      (done) => fs.close(descriptor, done),
    ),
  fstat: (descriptor: number) =>
    ask<fs.Stats>(
      () => fs.fstatSync(descriptor),
      (done) => fs.fstat(descriptor, done),
    ),
  fsync: (descriptor: number) =>
    ask(
      () => fs.fsyncSync(descriptor),
      (done) => fs.fsync(descriptor, done),
    ),
  ftruncate: (descriptor: number, bytes: number) =>
    ask(
      () => fs.ftruncateSync(descriptor, bytes),
      (done) => fs.ftruncate(descriptor, bytes, done),
    ),
  fchmod: (descriptor: number, mode: number) =>
    ask(
      () => fs.fchmodSync(descriptor, mode),
      (done) => fs.fchmod(descriptor, mode, done),
    ),
  fchown: (descriptor: number, uid: number, gid: number) =>
    ask(
      () => fs.fchownSync(descriptor, uid, gid),
      (done) => fs.fchown(descriptor, uid, gid, done),
    ),
  /** Makes a file that is not there yet and fills it, in one turn of the thread pool. Leaves what fitted on a full disk. */
  writeNew: (path: string, data: Uint8Array) =>
    ask<unknown>(
      () => {
        try {
          fs.writeFileSync(path, data, newFile);
        } catch (error) {
          if (!giveUpSpare(error)) throw error;
          fs.writeFileSync(path, data, newFile);
        }
      },
      (done) =>
        fs.writeFile(path, data, newFile, (error) => {
          if (giveUpSpare(error)) fs.writeFile(path, data, newFile, done);
          else done(error);
        }),
    ),
  mkdir: (path: string, mode: number) =>
    ask<unknown>(
      () => fs.mkdirSync(path, { mode }),
      (done) => fs.mkdir(path, { mode }, (error) => done(error)),
    ),
  rename: (from: string, to: string) =>
    ask(
      () => fs.renameSync(from, to),
      (done) => fs.rename(from, to, done),
    ),
  readlink: (path: string) =>
    ask<string>(
      () => fs.readlinkSync(path),
      (done) => fs.readlink(path, done),
    ),
  readdir: (path: string) =>
    ask<fs.Dirent[]>(
      () => fs.readdirSync(path, { withFileTypes: true }),
      (done) => fs.readdir(path, { withFileTypes: true }, done),
    ),
  unlink: (path: string) =>
    ask(
      () => fs.unlinkSync(path),
      (done) => fs.unlink(path, done),
    ),
  /** With all that is below, by descriptors and without following links (strace). */
  removeTree: (path: string) =>
    ask(
      () => fs.rmSync(path, { recursive: true, force: true }),
      (done) => fs.rm(path, { recursive: true, force: true }, done),
    ),
  /** At `position`, or where the descriptor stands; may read less than asked. */
  read: (descriptor: number, into: Uint8Array, position: number | null = null) =>
    ask<number>(
      () => fs.readSync(descriptor, into, 0, into.length, position),
      (done) => fs.read(descriptor, into, 0, into.length, position, (error, bytes) => done(error, bytes)),
    ),
  /** May write less than given: the disk is full behind it. */
  write: (descriptor: number, data: Uint8Array, position: number | null = null) =>
    ask<number>(
      () => fs.writeSync(descriptor, data, 0, data.length, position),
      (done) => fs.write(descriptor, data, 0, data.length, position, (error, bytes) => done(error, bytes)),
    ),
  /** Undefined for what is not there. */
  stat: (path: string) =>
    orNothing(
      ask<fs.Stats>(
        () => fs.statSync(path),
        (done) => fs.stat(path, done),
      ),
    ),
  /** Undefined for what is not there. */
  lstat: (path: string) =>
    orNothing(
      ask<fs.Stats>(
        () => fs.lstatSync(path),
        (done) => fs.lstat(path, done),
      ),
    ),
};

function* orNothing<T>(work: FileWork<T>): FileWork<T | undefined> {
  try {
    return yield* work;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Writes all of it, from `position` on where there is one. Throws what write(2) says, ENOSPC behind what fitted. */
export function* writeAll(descriptor: number, data: Uint8Array, position?: number): FileWork<void> {
  for (let at = 0; at < data.length; ) {
    const left = data.subarray(at);
    at += yield* call.write(descriptor, left, position === undefined ? null : position + at);
  }
}

/** The text of an open file from its beginning, `bytes` long or as long as it is. */
export function* readAll(descriptor: number, bytes: number): FileWork<string> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = yield* call.read(descriptor, buffer.subarray(filled), filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.toString("utf8", 0, filled);
}
