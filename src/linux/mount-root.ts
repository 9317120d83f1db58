/** Where the files of a process are, seen from here. */

import { readlinkSync } from "node:fs";
import { namespaceOf } from "./namespace.ts";

/** "/", or the way into the process's own mounts where it has some: a container, seen from the host. */
export function rootOf(procDir: string, pid: number): string {
  const [own, its] = [namespaceOf(procDir, "self", "mnt"), namespaceOf(procDir, pid, "mnt")];
  // Another user's, or a file capability: then it is this user's own NSO, in the same mounts.
  if (own === undefined || its === undefined) return "/";
  if (its !== own) return `${procDir}/${pid}/root`;
  try {
    const root = readlinkSync(`${procDir}/${pid}/root`);
    return root === readlinkSync(`${procDir}/self/root`) ? "/" : `${procDir}/${pid}/root`;
  } catch {
    return "/";
  }
}

/** The way from here to `path`, which is absolute in the root that `rootOf` gave. */
export function reachIn(root: string, path: string): string {
  return root === "/" ? path : `${root}${path}`;
}
