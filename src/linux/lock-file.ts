/**
 * A file that one process holds for as long as it lives: flock(2), freed by the kernel however the holder ends. Its
 * first line names the holder; who is named counts only while that very process has the file open.
 *
 * Where there is no flock (no FFI under MemoryDenyWriteExecute, some file systems), the line and the open descriptor
 * decide alone. Between two starts in the same millisecond that is a gap; between any others it is not.
 */

import { constants, readdirSync, type Stats, statSync } from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { call, type FileWork, readAll, writeAll } from "./file-work.ts";
import { hidesProcesses } from "./hidden-processes.ts";
import { flock } from "./libc.ts";
import { namespaceOf } from "./namespace.ts";
import { identify, isAlive, type ProcessIdentity, readBootId, readOptional, readStat } from "./procfs.ts";
import { refuseUnfit, safeFlags } from "./regular-file.ts";
import { ownProcDir } from "./roots.ts";
import { isSameFile } from "./same-file.ts";

/** The process that holds a lock, as it wrote itself down. */
export interface LockHolder extends ProcessIdentity {
  bootId: string;
  /** "pid:[4026531836]": a PID means nothing in another namespace. */
  pidNamespace: string;
  /** What it holds the lock for, to be shown: its state directory. */
  place: string;
}

export interface LockFile {
  /** False once somebody removed or replaced the file: others may hold the one at its path. */
  isInPlace(): FileWork<boolean>;
  /** The lines behind the holder's, in their order. */
  notes(): string[];
  /** Adds a line. One write, without waiting for the disk: it outlives this process, not this boot. */
  note(line: string): FileWork<unknown>;
  /** Gives it up. `remove`: nothing that it says is needed any more. */
  release(options: { remove: boolean }): FileWork<unknown>;
}

/** Held by this process now, or by another: `heldBy` is undefined where that one cannot be named from here. */
export type LockAttempt = { lock: LockFile } | { heldBy: LockHolder | undefined };

const attemptsMax = 10;
/** A few lines; what is larger was not written by nsomem. */
const bytesMax = 64 * 1024;

/** Takes the lock on `path`, or says who has it. Its directory exists and is ours alone. Throws what open(2) says. */
export function* takeLock(path: string, place: string): FileWork<LockAttempt> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const descriptor = yield* openOwn(path, constants.O_RDWR | constants.O_CREAT);
    try {
      const holder = parseHolder((yield* readLines(descriptor))[0]);
      const open = yield* call.fstat(descriptor);
      if (!mayTake(descriptor, open, holder)) {
        const heldBy = holder && isNameable(holder) ? holder : holderByKernel(descriptor, open);
        yield* call.close(descriptor);
        return { heldBy };
      }
      // Between open and lock its last holder may have removed it.
      if (yield* isAt(path, descriptor)) return { lock: yield* hold(path, descriptor, place) };
    } catch (error) {
      yield* call.close(descriptor);
      throw error;
    }
    yield* call.close(descriptor);
  }
  throw new NsomemError(
    "LOCK",
    `${path} was removed ${attemptsMax} times while it was being locked; try again`,
  );
}

/**
 * The lock on a directory itself, for where no file can be made in it: on a full or read-only file system. It names
 * nobody; the kernel does. Throws what open(2) says, and NsomemError LOCK where such a lock is not to be had.
 */
export function* takeDirectoryLock(path: string): FileWork<LockAttempt> {
  const descriptor = yield* openDirectory(path);
  const open = yield* call.fstat(descriptor);
  const taken = flock(descriptor);
  if (taken !== "locked") {
    const heldBy = holderByKernel(descriptor, open);
    yield* call.close(descriptor);
    if (taken === "held") return { heldBy };
    throw new NsomemError("LOCK", `${path} cannot be locked`);
  }
  const lock: LockFile = {
    isInPlace: () => isAt(path, descriptor),
    notes: () => [],
    note: () => call.fsync(descriptor),
    release: () => call.close(descriptor),
  };
  return { lock };
}

/** The live process that holds the lock on the directory itself. Never throws. */
export function* findDirectoryHolder(path: string): FileWork<LockHolder | undefined> {
  try {
    const descriptor = yield* openDirectory(path);
    try {
      return holderByKernel(descriptor, yield* call.fstat(descriptor));
    } finally {
      yield* call.close(descriptor);
    }
  } catch {
    return undefined;
  }
}

function openDirectory(path: string): FileWork<number> {
  return call.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/**
 * The live process that holds the lock on `path`, or undefined: a file alone proves nothing. Throws NsomemError LOCK
 * where it cannot be read.
 */
export function* findHolder(path: string): FileWork<LockHolder | undefined> {
  const descriptor = yield* openToRead(path);
  if (descriptor === undefined) return undefined;
  try {
    const holder = parseHolder((yield* readLines(descriptor))[0]);
    const open = yield* call.fstat(descriptor);
    return holder && isHolding(holder, descriptor, open) ? holder : holderByKernel(descriptor, open);
  } finally {
    yield* call.close(descriptor);
  }
}

/** The lines behind the holder's of a lock file that this process need not hold; none where there is no file. */
export function* readNotes(path: string): FileWork<string[]> {
  const descriptor = yield* openToRead(path);
  if (descriptor === undefined) return [];
  try {
    return (yield* readLines(descriptor)).slice(1);
  } finally {
    yield* call.close(descriptor);
  }
}

function* hold(path: string, descriptor: number, place: string): FileWork<LockFile> {
  const notes = (yield* readLines(descriptor)).slice(1);
  let at = yield* writeName(descriptor, place, notes);
  return {
    isInPlace: () => isAt(path, descriptor),
    notes: () => notes,
    *note(line) {
      notes.push(line);
      const data = Buffer.from(`${line}\n`);
      const from = at;
      at += data.length;
      yield* writeAll(descriptor, data, from);
    },
    *release({ remove }) {
      // Removed while it is still held: who opens it meanwhile sees that it is not at its path any more.
      if (remove && (yield* isAt(path, descriptor))) yield* call.unlink(path);
      yield* call.close(descriptor);
    },
  };
}

/** Returns where the text ends. On a full disk the lock is held without a name. */
function* writeName(descriptor: number, place: string, notes: readonly string[]): FileWork<number> {
  const text = [JSON.stringify(ownName(place)), ...notes].map((line) => `${line}\n`).join("");
  const data = Buffer.from(text);
  try {
    // Written over the old text and then cut: killed in between, no note is lost.
    yield* writeAll(descriptor, data, 0);
    yield* call.ftruncate(descriptor, data.length);
    return data.length;
  } catch {
    return (yield* call.fstat(descriptor)).size;
  }
}

function ownName(place: string): LockHolder {
  const { pid } = process;
  return { ...nameOf(identify(ownProcDir, pid) ?? { pid, startTicks: 0 }), place };
}

/** A process of here and now. */
function nameOf(identity: ProcessIdentity): Omit<LockHolder, "place"> {
  return {
    ...identity,
    bootId: readBootId(ownProcDir),
    pidNamespace: namespaceOf(ownProcDir, "self", "pid") ?? "",
  };
}

function mayTake(descriptor: number, open: Stats, holder: LockHolder | undefined): boolean {
  switch (flock(descriptor)) {
    case "locked":
      return true;
    case "held":
      return false;
    case "unavailable":
      return !(holder && holder.pid !== process.pid && isHolding(holder, descriptor, open));
  }
}

/** The process that is named lives and has this very file open, by another descriptor than the one that is looked with. */
function isHolding(holder: LockHolder, descriptor: number, wanted: Stats): boolean {
  if (!isNameable(holder)) return false;
  if (!isAlive(ownProcDir, holder)) return isHidden(holder.pid) && lockersOf(wanted).includes(holder.pid);
  try {
    return readdirSync(`${ownProcDir}/${holder.pid}/fd`).some((number) => {
      if (holder.pid === process.pid && Number(number) === descriptor) return false;
      const open = statSync(`${ownProcDir}/${holder.pid}/fd/${number}`, { throwIfNoEntry: false });
      return isSameFile(open, wanted);
    });
  } catch (error) {
    // A process with more rights than this one, such as the agent of a service: then the kernel's word has to do. Another
    // user's, or one that has just ended.
    return errnoOf(error) === "EACCES" && lockersOf(wanted).includes(holder.pid);
  }
}

/** With hidepid=2 a process with more rights than this one is not to be seen at all; a lock is freed with its holder. */
function isHidden(pid: number): boolean {
  return readStat(ownProcDir, pid) === undefined && hidesProcesses(ownProcDir);
}

/** Whom the kernel names, where the file does not: it was locked on a full disk. See proc_locks(5). */
function holderByKernel(descriptor: number, open: Stats): LockHolder | undefined {
  for (const pid of lockersOf(open)) {
    const identity = identify(ownProcDir, pid);
    const holder = identity && { ...nameOf(identity), place: "" };
    if (holder && isHolding(holder, descriptor, open)) return holder;
  }
  return undefined;
}

/** The PIDs that hold a lock on a file with that inode, see proc_locks(5): its device is not always the one of stat(2). */
function lockersOf({ ino }: Stats): number[] {
  // 3: FLOCK  ADVISORY  WRITE 4242 08:01:131074 0 EOF; the PID is 0 or missing in another PID namespace.
  const form = new RegExp(String.raw`^\d+: FLOCK +\S+ +WRITE (\d+) \S+:${ino} `, "gm");
  return [...(readOptional(`${ownProcDir}/locks`) ?? "").matchAll(form)].map(([, pid]) => Number(pid));
}

/** Whether the PID that it gave means a process of here and now. */
function isNameable({ bootId, pidNamespace }: LockHolder): boolean {
  return bootId === readBootId(ownProcDir) && pidNamespace === (namespaceOf(ownProcDir, "self", "pid") ?? "");
}

function* isAt(path: string, descriptor: number): FileWork<boolean> {
  return isSameFile(yield* statOrNothing(path), yield* call.fstat(descriptor));
}

/** Undefined where nothing is to be seen. */
export function* statOrNothing(path: string): FileWork<Stats | undefined> {
  try {
    return yield* call.stat(path);
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file. */
function* openToRead(path: string): FileWork<number | undefined> {
  try {
    return yield* openOwn(path, constants.O_RDONLY);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    if (error instanceof NsomemError) throw error;
    throw new NsomemError("LOCK", `cannot read ${path}: ${describeError(error)}; run this as its owner`);
  }
}

/** Never through a link, never a FIFO that would block. */
function* openOwn(path: string, flags: number): FileWork<number> {
  const descriptor = yield* call.open(path, flags | safeFlags, 0o600);
  try {
    refuseUnfit(path, yield* call.fstat(descriptor), { of: "own" });
    return descriptor;
  } catch (error) {
    yield* call.close(descriptor);
    throw new NsomemError("LOCK", `${describeError(error)}; remove it, or use another --home`);
  }
}

function* readLines(descriptor: number): FileWork<string[]> {
  const { size } = yield* call.fstat(descriptor);
  const text = yield* readAll(descriptor, Math.min(size, bytesMax));
  // What stands behind the last newline was cut by a full disk.
  return text.split("\n").slice(0, -1);
}

function parseHolder(line: string | undefined): LockHolder | undefined {
  try {
    const { pid, startTicks, bootId, pidNamespace, place } = JSON.parse(line ?? "") as Partial<LockHolder>;
    if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(startTicks)) return undefined;
    if (pid === undefined || startTicks === undefined || pid < 1) return undefined;
    return {
      pid,
      startTicks,
      bootId: String(bootId),
      pidNamespace: String(pidNamespace),
      place: String(place),
    };
  } catch {
    return undefined;
  }
}
