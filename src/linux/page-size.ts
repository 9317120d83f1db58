/** The kernel's page size, from the auxiliary vector that it gives each program. See getauxval(3). */

import { readFileSync } from "node:fs";
import { ownProcDir } from "./roots.ts";

/** AT_PAGESZ of elf.h. */
const pageSizeKey = 6n;

/** Bytes, or undefined where /proc/self/auxv is not to be read. */
export function readPageSizeBytes(procDir = ownProcDir): number | undefined {
  try {
    return parsePageSize(readFileSync(`${procDir}/self/auxv`));
  } catch {
    return undefined;
  }
}

/** Pairs of 64-bit words, key and value, of a 64-bit little-endian machine. */
export function parsePageSize(auxv: Buffer): number | undefined {
  for (let at = 0; at + 16 <= auxv.length; at += 16)
    if (auxv.readBigUInt64LE(at) === pageSizeKey) return Number(auxv.readBigUInt64LE(at + 8));
  return undefined;
}
