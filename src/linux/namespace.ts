/** In which PID namespace a process is: its PID means something there alone. See pid_namespaces(7). */

import { readlinkSync } from "node:fs";

/** "pid:[4026531836]", undefined where it may not be read (another user's process). */
export function pidNamespaceOf(procDir: string, pid: number | "self"): string | undefined {
  try {
    return readlinkSync(`${procDir}/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
