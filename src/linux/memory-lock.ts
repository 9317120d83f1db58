/** Keeps the agent's pages resident, so that it still reacts when the host reclaims everything. See mlockall(2). */

import { libc } from "./libc.ts";
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

/**
 * Gives back the machine code and the constants that only the start needed: about 20 of 40 MB. The pages are clean and
 * the file's own, so what runs again is mapped back by a minor fault. Read-only from another offset on is what the
 * linker wrote to and then sealed: not clean. Call it before `lockMemory`: locked pages cannot be dropped.
 */
export function dropStartupCode(): void {
  for (const { start, bytes, access, offset, path } of ownMappings()) {
    const isClean = access === "r-xp" || (access === "r--p" && offset === 0);
    if (path === process.execPath && isClean) libc()?.madvise(start, bytes, madviseDontNeed);
  }
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
