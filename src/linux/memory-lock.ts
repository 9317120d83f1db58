/**
 * Keeps the agent's pages resident, so that it still reacts when the host reclaims everything, and gives back those that it
 * does not need. See mlockall(2).
 */

import { closeSync, constants, openSync, readSync } from "node:fs";
import { call, type FileWork } from "./file-work.ts";
import { libc } from "./libc.ts";
import { readPageSizeBytes } from "./page-size.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

// MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT. Never without ONFAULT: measured 6.4 GB resident (facts 4.2).
const currentFutureOnFault = 7;
const madviseDontNeed = 4;

// mlock2(2) with MLOCK_ONFAULT; the number differs by machine.
const mlock2 = process.arch === "arm64" ? 284 : 325;
const mlockOnFault = 1;

/**
 * Locks the code, which the kernel would otherwise drop first, and where it `hasSwap` all the rest too: without swap
 * nothing else can be taken away, and memory that is locked cannot be given back when it is free (facts 4.33). True when
 * locked. Unprivileged it fails under RLIMIT_MEMLOCK; then the agent goes on without.
 */
export function lockMemory({ hasSwap }: { hasSwap: boolean }): boolean {
  const calls = libc();
  if (hasSwap) return calls?.mlockall(currentFutureOnFault) === 0;
  const mapped = ownMappings().filter(({ path }) => path.startsWith("/"));
  const results = mapped.map(({ start, bytes }) => calls?.syscall(mlock2, start, bytes, mlockOnFault, 0));
  return results.length > 0 && results.every((result) => result === 0);
}

const munlock = process.arch === "arm64" ? 229 : 150;
const munlockall = process.arch === "arm64" ? 231 : 152;

/** Whether `lockMemory` would be permitted: done as it does it, and undone. */
export function tryLockMemory(): boolean {
  const isLocked = lockMemory({ hasSwap: false });
  libc()?.syscall(munlockall, 0, 0, 0, 0);
  return isLocked;
}

/**
 * Gives back the machine code and the constants that only the start needed: about 20 of 40 MB. The pages are clean and
 * the file's own, so what runs again is mapped back by a minor fault. Read-only behind the code is what the linker wrote
 * to and then sealed: not clean. What is locked cannot be dropped, so this unlocks it: `lockMemory` is to follow.
 */
export function dropStartupCode(): void {
  for (const { start, bytes } of cleanCode()) {
    libc()?.syscall(munlock, start, bytes, 0, 0);
    libc()?.madvise(start, bytes, madviseDontNeed);
  }
}

/**
 * Keeps the machine code and the constants that are mapped now, locked where that is permitted, and returns what gives
 * back all others: what is needed once a minute need not stay for the rest of it. These are
 * some hundred spans. Undefined where the kernel does not say what is mapped.
 */
export function keepMappedCode(): (() => void) | undefined {
  const calls = libc();
  const spans = cleanCode().map((mapping) => mappedSpans(mapping));
  if (!calls || !spans.every((known) => known !== undefined)) return undefined;
  const others = spans.flat().filter(({ isMapped }) => !isMapped);
  const kept = spans.flat().filter(({ isMapped }) => isMapped);
  for (const { start, bytes } of kept) calls.syscall(mlock2, start, bytes, mlockOnFault, 0);
  for (const { start, bytes } of others) calls.syscall(munlock, start, bytes, 0, 0);
  return () => {
    for (const { start, bytes } of others) calls.madvise(start, bytes, madviseDontNeed);
  };
}

/** How many bytes of the code and the constants are mapped now; undefined where the kernel does not say it. */
export function mappedCodeBytes(): number | undefined {
  let sum = 0;
  for (const mapping of cleanCode()) {
    const spans = mappedSpans(mapping);
    if (!spans) return undefined;
    for (const { bytes, isMapped } of spans) sum += isMapped ? bytes : 0;
  }
  return sum;
}

interface Span {
  start: number;
  bytes: number;
  isMapped: boolean;
}

/**
 * The whole mapping in spans of blocks with a page that is mapped, and with none. A fault maps up to 16 pages around it;
 * looking at each of 26,000 pages would have the compiler run, with 6 MB of code. See proc_pid_pagemap(5).
 */
function mappedSpans({ start, bytes }: Mapping): Span[] | undefined {
  const pageBytes = readPageSizeBytes();
  const entries =
    pageBytes && readPagemap((start / pageBytes) * entryBytes, (bytes / pageBytes) * entryBytes);
  if (!entries || !pageBytes) return undefined;
  const spans: Span[] = [];
  for (let at = 0; at < entries.length; at += noneMapped.length) {
    const end = Math.min(at + noneMapped.length, entries.length);
    const isMapped = entries.compare(noneMapped, 0, end - at, at, end) !== 0;
    const blockBytes = ((end - at) / entryBytes) * pageBytes;
    const last = spans.at(-1);
    if (last?.isMapped === isMapped) last.bytes += blockBytes;
    else spans.push({ start: start + (at / entryBytes) * pageBytes, bytes: blockBytes, isMapped });
  }
  return spans;
}

const entryBytes = 8;
const noneMapped = Buffer.alloc(16 * entryBytes);

function readPagemap(position: number, bytes: number): Buffer | undefined {
  const into = Buffer.alloc(bytes);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`${ownProcDir}/self/pagemap`, constants.O_RDONLY);
    for (let filled = 0; filled < bytes; ) {
      const read = readSync(descriptor, into, filled, bytes - filled, position + filled);
      if (read === 0) return undefined;
      filled += read;
    }
    return into;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Reads what of that was never read yet, beside this thread: it is in the page cache then, and not to be had from a disk
 * that is busy. Throws what open(2) and read(2) say.
 */
export function* readCode(): FileWork<void> {
  const descriptor = yield* call.open(`${ownProcDir}/self/exe`, constants.O_RDONLY);
  const into = Buffer.allocUnsafe(256 * 1024);
  try {
    for (const { offset, bytes } of cleanCode())
      for (let at = 0; at < bytes; at += into.length) yield* call.read(descriptor, into, offset + at);
  } finally {
    yield* call.close(descriptor);
  }
}

/** Constants lie before the code, in the file too; a lock divides both into many mappings. */
function cleanCode(): Mapping[] {
  const own = ownMappings().filter(({ path }) => path === process.execPath);
  const codeOffset = own.find(({ access }) => access === "r-xp")?.offset ?? 0;
  return own.filter(({ access, offset }) => access === "r-xp" || (access === "r--p" && offset < codeOffset));
}

interface Mapping {
  start: number;
  bytes: number;
  /** As "r-xp". */
  access: string;
  /** In the file. */
  offset: number;
  /** Empty for anonymous memory. */
  path: string;
}

/** See proc_pid_maps(5). Addresses of a user process stay below 2^47, so a number holds them exactly. */
function ownMappings(): Mapping[] {
  const maps = readOptional(`${ownProcDir}/self/maps`) ?? "";
  return maps.split("\n").flatMap((line) => {
    const [, from = "", to = "", access, offset = "", path = ""] =
      /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+\s*(.*)$/.exec(line) ?? [];
    if (access === undefined) return [];
    const start = Number.parseInt(from, 16);
    const bytes = Number.parseInt(to, 16) - start;
    return [{ start, bytes, access, offset: Number.parseInt(offset, 16), path }];
  });
}
