/** The file system as a core sees it, which may be a container's. */

import { readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { type Core, readWorkingDirectory } from "./nso.ts";

/** "/", or the way into the core's own mounts where it has some: a container, seen from the host. */
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

/** The way to the core's ncs.conf; undefined where it names none, or a relative one of a directory not to be seen. */
export function confFileReach(procDir: string, core: Pick<Core, "pid" | "confFile">): string | undefined {
  const { pid, confFile } = core;
  const directory = confFile?.startsWith("/") ? "/" : readWorkingDirectory(procDir, pid);
  if (confFile === undefined || directory === undefined) return undefined;
  const root = rootOf(procDir, pid);
  const path = resolve(directory, confFile);
  return root === "/" ? path : `${root}${path}`;
}
