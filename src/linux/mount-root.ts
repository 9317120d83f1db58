/** Where the files of a process are, seen from here. */

import { readlinkSync } from "node:fs";

/** "/", or the way into the process's own mounts where it has some: a container, seen from the host. */
export function rootOf(procDir: string, pid: number): string {
  try {
    const own = readlinkSync(`${procDir}/self/ns/mnt`);
    if (readlinkSync(`${procDir}/${pid}/ns/mnt`) !== own) return `${procDir}/${pid}/root`;
    const root = readlinkSync(`${procDir}/${pid}/root`);
    return root === readlinkSync(`${procDir}/self/root`) ? "/" : `${procDir}/${pid}/root`;
  } catch {
    // Another user's, or a file capability: then it is this user's own NSO, in the same mounts.
    return "/";
  }
}
