/** Whether the kernel's clock is kept by NTP. See adjtimex(2). */

import { createRequire } from "node:module";
import { libc } from "./libc.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

const adjtimex = { x64: 159, arm64: 171 } as const;
/** Larger than struct timex of any 64-bit system (208 bytes). */
const timexBytes = 512;
const timeError = 5;

/**
 * True, false, or undefined where it cannot be asked: without FFI, on a machine whose call number is not known, and under
 * a filter of system calls, which may kill who asks (SystemCallFilter=@system-service has no adjtimex).
 */
export function isClockSynchronised(): boolean | undefined {
  const number = process.arch === "x64" || process.arch === "arm64" ? adjtimex[process.arch] : undefined;
  const calls = libc();
  if (number === undefined || !calls || isFiltered()) return undefined;
  const { ptr } = createRequire(import.meta.url)("bun:ffi") as typeof import("bun:ffi");
  // All zero: modes 0 only asks.
  const buffer = new Uint8Array(timexBytes);
  const state = calls.syscall(number, Number(ptr(buffer)), 0, 0, 0);
  return state < 0 ? undefined : state !== timeError;
}

/** SECCOMP_MODE_FILTER. See proc_pid_status(5). */
function isFiltered(): boolean {
  return /^Seccomp:\s*2$/m.test(readOptional(`${ownProcDir}/self/status`) ?? "");
}
