/**
 * A file that one process holds for as long as it lives: flock(2), freed by the kernel however the holder ends. Its
 * first line names the holder; who is named counts only while that very process has the file open.
 *
 * Where there is no flock (no FFI under MemoryDenyWriteExecute, some file systems), the line and the open descriptor
 * decide alone. Between two starts in the same millisecond that is a gap; between any others it is not.
 */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { flock } from "./libc.ts";
import { namespaceOf } from "./namespace.ts";
import { identify, isAlive, type ProcessIdentity, readBootId, readOptional } from "./procfs.ts";
import { readText, refuseUnfit, safeFlags } from "./regular-file.ts";
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
  isInPlace(): boolean;
  /** The lines behind the holder's, in their order. */
  notes(): string[];
  /** Adds a line. One write, without waiting for the disk: it outlives this process, not this boot. */
  note(line: string): void;
  /** Gives it up. `remove`: nothing that it says is needed any more. */
  release(options: { remove: boolean }): void;
}

/** Held by this process now, or by another: `heldBy` is undefined where that one cannot be named from here. */
export type LockAttempt = { lock: LockFile } | { heldBy: LockHolder | undefined };

const attemptsMax = 10;
/** A few lines; what is larger was not written by nsomem. */
const bytesMax = 64 * 1024;

/** Takes the lock on `path`, or says who has it. Its directory exists and is ours alone. Throws what open(2) says. */
export function takeLock(path: string, place: string): LockAttempt {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const descriptor = openOwn(path, constants.O_RDWR | constants.O_CREAT);
    try {
      const holder = parseHolder(readLines(descriptor)[0]);
      if (!mayTake(descriptor, holder)) {
        const heldBy = holder && isNameable(holder) ? holder : holderByKernel(descriptor);
        closeSync(descriptor);
        return { heldBy };
      }
      // Between open and lock its last holder may have removed it.
      if (isAt(path, descriptor)) return { lock: hold(path, descriptor, place) };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
  }
  throw new NsomemError(
    "LOCK",
    `${path} was removed ${attemptsMax} times while it was being locked; try again`,
  );
}

/**
 * The live process that holds the lock on `path`, or undefined: a file alone proves nothing. Throws NsomemError LOCK
 * where it cannot be read.
 */
export function findHolder(path: string): LockHolder | undefined {
  const descriptor = openToRead(path);
  if (descriptor === undefined) return undefined;
  try {
    const holder = parseHolder(readLines(descriptor)[0]);
    return holder && isHolding(holder, descriptor) ? holder : holderByKernel(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The lines behind the holder's of a lock file that this process need not hold; none where there is no file. */
export function readNotes(path: string): string[] {
  const descriptor = openToRead(path);
  if (descriptor === undefined) return [];
  try {
    return readLines(descriptor).slice(1);
  } finally {
    closeSync(descriptor);
  }
}

function hold(path: string, descriptor: number, place: string): LockFile {
  const notes = readLines(descriptor).slice(1);
  let at = writeName(descriptor, place, notes);
  return {
    isInPlace: () => isAt(path, descriptor),
    notes: () => notes,
    note(line) {
      notes.push(line);
      at += writeSync(descriptor, `${line}\n`, at);
    },
    release({ remove }) {
      // Removed while it is still held: who opens it meanwhile sees that it is not at its path any more.
      if (remove && isAt(path, descriptor)) rmSync(path, { force: true });
      closeSync(descriptor);
    },
  };
}

/** Returns where the text ends. On a full disk the lock is held without a name. */
function writeName(descriptor: number, place: string, notes: readonly string[]): number {
  const text = [JSON.stringify(ownName(place)), ...notes].map((line) => `${line}\n`).join("");
  try {
    // Written over the old text and then cut: killed in between, no note is lost.
    const end = writeSync(descriptor, text, 0);
    ftruncateSync(descriptor, end);
    return end;
  } catch {
    return fstatSync(descriptor).size;
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

function mayTake(descriptor: number, holder: LockHolder | undefined): boolean {
  switch (flock(descriptor)) {
    case "locked":
      return true;
    case "held":
      return false;
    case "unavailable":
      return !(holder && holder.pid !== process.pid && isHolding(holder, descriptor));
  }
}

/** The process that is named lives and has this very file open, by another descriptor than the one that is looked with. */
function isHolding(holder: LockHolder, descriptor: number): boolean {
  if (!isNameable(holder) || !isAlive(ownProcDir, holder)) return false;
  const wanted = fstatSync(descriptor);
  try {
    return readdirSync(`${ownProcDir}/${holder.pid}/fd`).some((number) => {
      if (holder.pid === process.pid && Number(number) === descriptor) return false;
      const open = statSync(`${ownProcDir}/${holder.pid}/fd/${number}`, { throwIfNoEntry: false });
      return isSameFile(open, wanted);
    });
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

/** Whom the kernel names, where the file does not: it was locked on a full disk. See proc_locks(5). */
function holderByKernel(descriptor: number): LockHolder | undefined {
  const { ino } = fstatSync(descriptor);
  // 3: FLOCK  ADVISORY  WRITE 4242 08:01:131074 0 EOF; the PID is 0 or missing in another PID namespace.
  const form = new RegExp(String.raw`^\d+: FLOCK +\S+ +WRITE (\d+) \S+:${ino} `, "gm");
  const named = [...(readOptional(`${ownProcDir}/locks`) ?? "").matchAll(form)];
  for (const [, pid] of named) {
    const identity = identify(ownProcDir, Number(pid));
    const holder = identity && { ...nameOf(identity), place: "" };
    if (holder && isHolding(holder, descriptor)) return holder;
  }
  return undefined;
}

/** Whether the PID that it gave means a process of here and now. */
function isNameable({ bootId, pidNamespace }: LockHolder): boolean {
  return bootId === readBootId(ownProcDir) && pidNamespace === (namespaceOf(ownProcDir, "self", "pid") ?? "");
}

function isAt(path: string, descriptor: number): boolean {
  return isSameFile(statOrNothing(path), fstatSync(descriptor));
}

/** Undefined where nothing is to be seen. */
export function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file. */
function openToRead(path: string): number | undefined {
  try {
    return openOwn(path, constants.O_RDONLY);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    if (error instanceof NsomemError) throw error;
    throw new NsomemError("LOCK", `cannot read ${path}: ${describeError(error)}; run this as its owner`);
  }
}

/** Never through a link, never a FIFO that would block. */
function openOwn(path: string, flags: number): number {
  const descriptor = openSync(path, flags | safeFlags, 0o600);
  try {
    refuseUnfit(path, fstatSync(descriptor), { of: "own" });
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw new NsomemError("LOCK", `${describeError(error)}; remove it, or use another --home`);
  }
}

function readLines(descriptor: number): string[] {
  const text = readText(descriptor, Math.min(fstatSync(descriptor).size, bytesMax));
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
