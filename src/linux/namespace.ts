/** In which namespaces a process is: its PID means something in its own alone. See namespaces(7). */

import { readlinkSync } from "node:fs";

/** "pid:[4026531836]", undefined where it may not be read (another user's process). */
export function namespaceOf(procDir: string, pid: number | "self", kind: "pid" | "mnt"): string | undefined {
  try {
    return readlinkSync(`${procDir}/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}
