/** Whether a file may be run: there, a regular file, executable for who will run it, and safe from everybody else. */

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { describeError } from "../core/errors.ts";
import type { CoreUser } from "./core-user.ts";
import { closedAbove, mayExecute } from "./credentials.ts";
import { complaintsFor } from "./ownership.ts";
import { type RunAs, runAsFor, runnerOf } from "./run-as.ts";

export type Unfit = { kind: "absent" | "not executable" | "unsafe"; complaint: string };

/**
 * Why `path` is not run so, undefined when it may be. To be asked again right before each start, and not opened and run
 * by descriptor instead: a script would then find /dev/fd/N as its own name, and ncs looks for its parts beside that.
 * Between the check and the start only root, or who runs it, can change what the path leads to.
 */
export function unfitness(path: string, runAs: RunAs): Unfit | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return { kind: "absent", complaint: `${path} is not there, or not a file` };
    const obstacle = obstacleOf(path, found, runAs);
    if (obstacle !== undefined) return { kind: "not executable", complaint: obstacle };
    const [complaint] = complaintsFor(path, runnerOf(runAs));
    return complaint === undefined ? undefined : { kind: "unsafe", complaint };
  } catch (error) {
    return { kind: "absent", complaint: `${path} cannot be looked at: ${describeError(error)}` };
  }
}

/**
 * As whom an executable of the operator's is run: as ourselves where that is safe, else as NSO's user where at least he
 * may trust it, which is less. To be asked right before it is started.
 */
export function runAsForOwn(
  path: string,
  core: CoreUser | undefined,
): { runAs: RunAs } | { complaint: string } {
  const unfit = unfitness(path, "ourselves");
  if (!unfit) return { runAs: "ourselves" };
  const runAs = runAsFor(core);
  const isUser = unfit.kind === "unsafe" && typeof runAs === "object" && !("refusal" in runAs);
  return isUser && !unfitness(path, runAs) ? { runAs } : { complaint: unfit.complaint };
}

function obstacleOf(
  path: string,
  file: { uid: number; gid: number; mode: number },
  runAs: RunAs,
): string | undefined {
  const mend = `mend it with: chmod ${runAs === "ourselves" ? "u" : "a"}+x ${path}`;
  if (runAs === "ourselves") return isOursToRun(path) ? undefined : `${path} may not be executed; ${mend}`;
  // By the mode bits: the kernel lets root in everywhere, which says nothing about another user.
  if (!mayExecute(file, runAs)) return `${path} may not be executed by user ${runAs.uid}; ${mend}`;
  const closed = closedAbove(realpathSync(path), runAs);
  return closed && `${path} cannot be reached by user ${runAs.uid}: he may not enter ${closed}`;
}

/** Whether this process may execute it. */
export function isOursToRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
