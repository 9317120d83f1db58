/** The few libc calls that Bun has no API for. Absent (undefined) where `bun:ffi` may not work: under
 * MemoryDenyWriteExecute the JIT goes away and FFI throws (facts 4.2), so every caller has a fallback. */

import { createRequire } from "node:module";

export interface Libc {
  syscall(number: number, a: number, b: number, c: number, d: number): number;
  mlockall(flags: number): number;
  madvise(address: number, bytes: number, advice: number): number;
  /** For all threads of this process, as glibc does it; 0, or -1. */
  setgroups(count: number): number;
  setresgid(real: number, effective: number, saved: number): number;
  setresuid(real: number, effective: number, saved: number): number;
  /** 0, or the errno. */
  flock(descriptor: number, operation: number): number;
  /** A descriptor, or -1. */
  socket(domain: number, type: number, protocol: number): number;
  /** Without waiting and without SIGPIPE. How many bytes were sent, or -1. */
  sendTo(descriptor: number, bytes: Uint8Array, address: Uint8Array): number;
  /** CLOCK_MONOTONIC in microseconds: performance.now() counts from the start of this process. */
  monotonicUsec(): bigint;
}

/** MSG_DONTWAIT | MSG_NOSIGNAL. */
const dontWaitNoSignal = 0x4040;
const clockMonotonic = 1;

let cached: Libc | null | undefined;

/** The calls, bound once; undefined when FFI or the C library is not to be had. */
export function libc(): Libc | undefined {
  if (cached === undefined) cached = bind();
  return cached ?? undefined;
}

function bind(): Libc | null {
  try {
    // Required here and not imported: a short command must not pay for FFI.
    const { dlopen, ptr, read } = createRequire(import.meta.url)("bun:ffi") as typeof import("bun:ffi");
    const { symbols } = dlopen("libc.so.6", {
      syscall: { args: ["i64", "i64", "i64", "i64", "i64"], returns: "i64" },
      mlockall: { args: ["i32"], returns: "i32" },
      madvise: { args: ["u64", "u64", "i32"], returns: "i32" },
      setgroups: { args: ["u64", "u64"], returns: "i32" },
      setresgid: { args: ["u32", "u32", "u32"], returns: "i32" },
      setresuid: { args: ["u32", "u32", "u32"], returns: "i32" },
      flock: { args: ["i32", "i32"], returns: "i32" },
      socket: { args: ["i32", "i32", "i32"], returns: "i32" },
      sendto: { args: ["i32", "u64", "u64", "i32", "u64", "u32"], returns: "i64" },
      clock_gettime: { args: ["i32", "u64"], returns: "i32" },
      __errno_location: { args: [], returns: "ptr" },
    });
    const errno = symbols.__errno_location();
    return {
      syscall: (number, a, b, c, d) => Number(symbols.syscall(number, a, b, c, d)),
      mlockall: (flags) => symbols.mlockall(flags),
      madvise: (address, bytes, advice) => symbols.madvise(address, bytes, advice),
      setgroups: (count) => symbols.setgroups(count, 0),
      setresgid: (real, effective, saved) => symbols.setresgid(real, effective, saved),
      setresuid: (real, effective, saved) => symbols.setresuid(real, effective, saved),
      flock: (descriptor, operation) =>
        symbols.flock(descriptor, operation) === 0 ? 0 : errno === null ? -1 : read.i32(errno),
      socket: (domain, type, protocol) => symbols.socket(domain, type, protocol),
      sendTo: (descriptor, bytes, address) =>
        Number(
          symbols.sendto(
            descriptor,
            ptr(bytes),
            bytes.length,
            dontWaitNoSignal,
            ptr(address),
            address.length,
          ),
        ),
      monotonicUsec() {
        const timespec = new BigInt64Array(2);
        symbols.clock_gettime(clockMonotonic, ptr(timespec));
        return (timespec[0] ?? 0n) * 1_000_000n + (timespec[1] ?? 0n) / 1000n;
      },
    };
  } catch {
    return null;
  }
}

const lockExclusive = 2;
const lockNonBlocking = 4;
const wouldBlock = 11;

/** Locks an open file for this process, without waiting. "unavailable": no FFI here, or no locks on that file system. */
export function flock(descriptor: number): "locked" | "held" | "unavailable" {
  const errno = libc()?.flock(descriptor, lockExclusive | lockNonBlocking);
  if (errno === undefined) return "unavailable";
  return errno === 0 ? "locked" : errno === wouldBlock ? "held" : "unavailable";
}
