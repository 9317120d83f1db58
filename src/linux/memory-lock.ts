/** Keeps the agent's pages resident, so that it still reacts when the host reclaims everything. See mlockall(2). */

import { libc } from "./libc.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

// MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT. Never without ONFAULT: measured 6.4 GB resident (facts 4.2).
const currentFutureOnFault = 7;
const madviseDontNeed = 4;

/** True when locked. Unprivileged it fails under RLIMIT_MEMLOCK; then the agent goes on without. */
export function lockMemory(): boolean {
  return libc()?.mlockall(currentFutureOnFault) === 0;
}

/**
 * Gives back the machine code and the constants that only the start needed: about 20 of 40 MB. The pages are clean and
 * the file's own, so what runs again is mapped back by a minor fault. Read-only from another offset on are what the linker has
 * written to and then sealed: not clean. Call it before `lockMemory`: locked pages cannot be dropped.
 */
export function dropStartupCode(): void {
  const calls = libc();
  const maps = readOptional(`${ownProcDir}/self/maps`);
  if (!calls || maps === undefined) return;
  for (const line of maps.split("\n")) {
    const [, from = "", to = "", path] =
      /^([0-9a-f]+)-([0-9a-f]+) (?:r-xp \S+|r--p 0+) \S+ \d+\s+(\/.*)$/.exec(line) ?? [];
    // Addresses of a user process stay below 2^47, so a number holds them exactly.
    const start = Number.parseInt(from, 16);
    if (path === process.execPath) calls.madvise(start, Number.parseInt(to, 16) - start, madviseDontNeed);
  }
}
