/**
 * The memory of another process through /proc/PID/mem: it is not stopped, nothing in it is written, and pages that are
 * not resident are not touched (facts 2.16). What stands in it is its user's word: every address may be wrong.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { describeError, errnoOf } from "../core/errors.ts";
import { isAlive, type ProcessIdentity, readOptional } from "./procfs.ts";

export interface ProcessMemory {
  /** Fills all of `into`; false where that is not mapped, and when the time or the number of reads is over. */
  read(address: number, into: Buffer): boolean;
  /** Whether the page is in RAM now. */
  isResident(address: number): boolean;
  close(): void;
}

export interface MemoryBounds {
  /** Of performance.now(). */
  untilMs: number;
  readsMax?: number;
}

/** One read takes 2 µs: these are 2 s of them. */
const readsMaxDefault = 1_000_000;
/** What a program can address with 4-level page tables; the kernel gives no more unless it is asked for. */
const addressMax = 2 ** 47;
export const pageBytes = 4096;
/** Of the 64 bits that /proc/PID/pagemap has for each page. */
const presentBit = 0x80;

/** Verified after it was opened: then it is the memory of that process, whatever becomes of its PID. */
export function openProcessMemory(
  procDir: string,
  identity: ProcessIdentity,
  bounds: MemoryBounds,
): ProcessMemory | { refusal: string } {
  const opened: number[] = [];
  const close = () => {
    for (const descriptor of opened.splice(0)) closeSync(descriptor);
  };
  try {
    const [memory, pagemap] = ["mem", "pagemap"].map((name) => {
      const descriptor = openSync(`${procDir}/${identity.pid}/${name}`, "r");
      opened.push(descriptor);
      return descriptor;
    }) as [number, number];
    if (isAlive(procDir, identity)) return reader(memory, pagemap, bounds, close);
    close();
    return { refusal: `PID ${identity.pid} has ended` };
  } catch (error) {
    close();
    return { refusal: refusalOf(procDir, error) };
  }
}

function reader(memory: number, pagemap: number, bounds: MemoryBounds, close: () => void): ProcessMemory {
  let readsLeft = bounds.readsMax ?? readsMaxDefault;
  const entry = Buffer.alloc(8);
  const readAt = (descriptor: number, position: number, into: Buffer): boolean => {
    // The clock costs as much as a small read.
    if (--readsLeft < 0 || (readsLeft % 64 === 0 && performance.now() > bounds.untilMs)) {
      readsLeft = 0;
      return false;
    }
    try {
      return readSync(descriptor, into, 0, into.length, position) === into.length;
    } catch {
      // EIO: nothing is mapped there.
      return false;
    }
  };
  return {
    read: (address, into) =>
      address > 0 &&
      address + into.length <= addressMax &&
      Number.isInteger(address) &&
      readAt(memory, address, into),
    isResident(address) {
      const position = Math.floor(address / pageBytes) * entry.length;
      return readAt(pagemap, position, entry) && ((entry[7] ?? 0) & presentBit) !== 0;
    },
    close,
  };
}

function refusalOf(procDir: string, error: unknown): string {
  const errno = errnoOf(error);
  if (errno === "ENOENT" || errno === "ESRCH") return "it has ended";
  if (errno !== "EACCES" && errno !== "EPERM") return describeError(error);
  const scope = Number(readOptional(`${procDir}/sys/kernel/yama/ptrace_scope`)?.trim() ?? 0);
  return scope > 0
    ? `ptrace scope: kernel.yama.ptrace_scope is ${scope}, so its memory is read with CAP_SYS_PTRACE alone (as root)`
    : "its memory may not be read by this user; root may";
}
