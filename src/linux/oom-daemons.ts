/** Which daemons run that kill before the kernel does. */

import { isOomDaemon, type OomDaemon } from "../core/oom-daemon.ts";
import { listPids, readArgv, readOptional } from "./procfs.ts";

/** One small read a process: 10 µs. Another PID namespace's are not seen. */
export function findOomDaemons(procDir: string): OomDaemon[] {
  return listPids(procDir).flatMap((pid) => {
    const name = readOptional(`${procDir}/${pid}/comm`)?.trim();
    return name !== undefined && isOomDaemon(name) ? [{ name, pid, argv: readArgv(procDir, pid) ?? [] }] : [];
  });
}

/**
 * Children of ours go first when the kernel must choose. earlyoom goes by the same score and comes long before the
 * kernel: beside it that would end each debug dump, and free nothing. Then they are ordinary processes.
 */
export function childOomScoreAdj(daemons: readonly OomDaemon[], raised: number): number {
  return daemons.some(({ name }) => name === "earlyoom" || name === "nohang") ? 0 : raised;
}
