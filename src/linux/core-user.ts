/** Whose process an NSO core is, and what it says of itself: what commands for it are run with. */

import { statSync } from "node:fs";
import { type Credentials, readCredentials } from "./credentials.ts";
import { type Core, readExecutable } from "./nso.ts";
import { runsAsItsOwner } from "./path-part.ts";
import { readEnviron } from "./procfs.ts";

/** A user as the kernel knows one: no name is looked up, since a directory service may hang. */
export type UserIds = Pick<Credentials, "uid" | "gid" | "groups">;

export interface CoreUser extends UserIds {
  /** Why it cannot be told whose words these are; undefined as a rule. */
  doubt: string | undefined;
  /** The NCS_* variables of its environment, which say how to reach it (facts 3.5); empty where it may not be read. */
  variables: Record<string, string>;
  /** By the kernel: `…/lib/ncs/erts/bin/ncs.smp` in an installation; undefined where it may not be read (facts 3.8). */
  executable: string | undefined;
  /** What the process itself calls it. */
  argv0: string | undefined;
}

/** Undefined when the process is gone. */
export function readCoreUser(procDir: string, core: Core): CoreUser | undefined {
  const before = readCredentials(procDir, core.pid);
  // Before its environment is read: an exec of a set-user-ID program keeps PID and start time, and what it was given.
  const isSetuid = runsSetuidFile(procDir, core.pid);
  const environ = readEnviron(procDir, core.pid) ?? {};
  const executable = readExecutable(procDir, core.pid);
  const after = readCredentials(procDir, core.pid);
  if (!before || !after) return undefined;
  const { uid, gid, groups } = after;
  const variables = Object.fromEntries(Object.entries(environ).filter(([name]) => name.startsWith("NCS_")));
  return {
    ...{ uid, gid, groups, variables, executable },
    argv0: core.argv[0],
    doubt: doubtOf(core.pid, { isMixed: after.isMixed || before.uid !== uid, isSetuid }),
  };
}

/** Anyone may start a set-user-ID program with root's rights, and gives it arguments and environment of his own. */
function doubtOf(pid: number, { isMixed, isSetuid }: { isMixed: boolean; isSetuid: boolean }) {
  if (isSetuid) return `PID ${pid} runs a set-user-ID program`;
  return isMixed ? `PID ${pid} runs as two users at once` : undefined;
}

function runsSetuidFile(procDir: string, pid: number): boolean {
  try {
    return runsAsItsOwner(statSync(`${procDir}/${pid}/exe`).mode);
  } catch {
    return false;
  }
}
