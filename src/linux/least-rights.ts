/**
 * A process of this program that works on what another user wrote: it gives up all that its work does not need, so that
 * it is neither root's hand for that user nor the load that tips the server over.
 */

import { readdirSync } from "node:fs";
import { setPriority } from "node:os";
import type { OomDaemon } from "../core/oom-daemon.ts";
import { readCredentials } from "./credentials.ts";
import { libc } from "./libc.ts";
import { childOomScoreAdj, findOomDaemons } from "./oom-daemons.ts";
import { writeOomScoreAdj } from "./oom-score.ts";
import { ownProcDir } from "./roots.ts";
import { ownUid } from "./run-as.ts";

const lowestPriority = 19;
/** The first that the kernel's OOM killer takes. */
const firstToGo = 1000;
const ioprioWhoProcess = 1;
/** IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0). See ioprio_set(2). */
const ioprioIdle = 3 << 13;
const ioprioSetCall: Partial<Record<string, number>> = { x64: 251, arm64: 30 };

/** CPU and disk when nobody else wants them, and first in the line of the OOM killer. What is refused is done without. */
export function becomeLeastUrgent(): void {
  writeOomScoreAdj(ownProcDir, "self", childOomScoreAdj(daemonsSeen(), firstToGo));
  const call = ioprioSetCall[process.arch];
  // Both hold for one thread: Bun has several by now, and a new one begins with what its maker has.
  for (const thread of threads()) {
    try {
      setPriority(thread, lowestPriority);
    } catch {
      // A thread that has ended meanwhile.
    }
    if (call !== undefined) libc()?.syscall(call, ioprioWhoProcess, thread, ioprioIdle, 0);
  }
}

function daemonsSeen(): OomDaemon[] {
  try {
    return findOomDaemons(ownProcDir);
  } catch {
    return [];
  }
}

function threads(): number[] {
  try {
    return readdirSync(`${ownProcDir}/self/task`).map(Number);
  } catch {
    return [process.pid];
  }
}

const prctlCall: Partial<Record<string, number>> = { x64: 157, arm64: 167 };
/** PR_SET_PDEATHSIG, SIGKILL. */
const setParentDeathSignal = 1;
const sigkill = 9;

/** Ends this process with the one that started it. To be called last: the kernel forgets it where the user changes. */
export function endWithParent(): void {
  const call = prctlCall[process.arch];
  if (call !== undefined) libc()?.syscall(call, setParentDeathSignal, sigkill, 0, 0);
}

/** "nobody" where the file is root's own: nothing but its descriptor is needed. */
const nobody = 65_534;

/**
 * Root becomes the user that a file belongs to, for good, or nobody where it is root's own. Anyone else stays who he is.
 * Why that could not be, or undefined.
 */
export function becomeOwner({ uid, gid }: { uid: number; gid: number }): string | undefined {
  if (ownUid() !== 0) return undefined;
  const user = uid === 0 ? { uid: nobody, gid: nobody } : { uid, gid: gid === 0 ? nobody : gid };
  const calls = libc();
  const isDone =
    calls !== undefined &&
    calls.setgroups(0) === 0 &&
    calls.setresgid(user.gid, user.gid, user.gid) === 0 &&
    calls.setresuid(user.uid, user.uid, user.uid) === 0;
  const now = readCredentials(ownProcDir, "self");
  if (isDone && now?.uid === user.uid && now.gid === user.gid && !now.isMixed && !now.overridesPermissions)
    return undefined;
  // In a user namespace where nobody else is mapped, root is no more than the user that the file belongs to.
  if (uid === 0 && ownUid() === 0) return undefined;
  return `root could not become user ${user.uid}`;
}
