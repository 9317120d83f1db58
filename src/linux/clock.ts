/** Whether the kernel's clock is kept by NTP. See adjtimex(2). */

import { createRequire } from "node:module";
import { libc } from "./libc.ts";

const adjtimex = { x64: 159, arm64: 171 } as const;
/** Larger than struct timex of any 64-bit system (208 bytes). */
const timexBytes = 512;
const timeError = 5;

/** True, false, or undefined where FFI is not to be had or this machine's call number is not known. */
export function isClockSynchronised(): boolean | undefined {
  const number = process.arch === "x64" || process.arch === "arm64" ? adjtimex[process.arch] : undefined;
  const calls = libc();
  if (number === undefined || !calls) return undefined;
  const { ptr } = createRequire(import.meta.url)("bun:ffi") as typeof import("bun:ffi");
  // All zero: modes 0 only asks.
  const buffer = new Uint8Array(timexBytes);
  const state = calls.syscall(number, Number(ptr(buffer)), 0, 0, 0);
  return state < 0 ? undefined : state !== timeError;
}
