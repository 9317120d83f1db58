/** Where a core's ncs.conf is, seen from here: the core may be in a container. */

import { resolve } from "node:path";
import { reachIn, rootOf } from "./mount-root.ts";
import { type Core, readWorkingDirectory } from "./nso.ts";

/** The way to the core's ncs.conf; undefined where it names none, or a relative one of a directory not to be seen. */
export function confFileReach(procDir: string, core: Pick<Core, "pid" | "confFile">): string | undefined {
  const { pid, confFile } = core;
  const directory = confFile?.startsWith("/") ? "/" : readWorkingDirectory(procDir, pid);
  if (confFile === undefined || directory === undefined) return undefined;
  return reachIn(rootOf(procDir, pid), resolve(directory, confFile));
}
