/** The few libc calls that Bun has no API for. Absent (undefined) where `bun:ffi` may not work: under
 * MemoryDenyWriteExecute the JIT goes away and FFI throws (facts 4.2), so every caller has a fallback. */

import { createRequire } from "node:module";

export interface Libc {
  syscall(number: number, a: number, b: number, c: number, d: number): number;
  mlockall(flags: number): number;
  madvise(address: number, bytes: number, advice: number): number;
}

let cached: Libc | null | undefined;

/** The calls, bound once; undefined when FFI or the C library is not to be had. */
export function libc(): Libc | undefined {
  if (cached === undefined) cached = bind();
  return cached ?? undefined;
}

function bind(): Libc | null {
  try {
    // Required here and not imported: a short command must not pay for FFI.
    const { dlopen } = createRequire(import.meta.url)("bun:ffi") as typeof import("bun:ffi");
    const { symbols } = dlopen("libc.so.6", {
      syscall: { args: ["i64", "i64", "i64", "i64", "i64"], returns: "i64" },
      mlockall: { args: ["i32"], returns: "i32" },
      madvise: { args: ["u64", "u64", "i32"], returns: "i32" },
    });
    return {
      syscall: (number, a, b, c, d) => Number(symbols.syscall(number, a, b, c, d)),
      mlockall: (flags) => symbols.mlockall(flags),
      madvise: (address, bytes, advice) => symbols.madvise(address, bytes, advice),
    };
  } catch {
    return null;
  }
}
