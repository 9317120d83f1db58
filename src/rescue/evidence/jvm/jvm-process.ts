/** What is to be known of a JVM before it is asked for anything: its files' names, its owner, whether it may be asked. */

import type { UserIds } from "../../../linux/core-user.ts";
import { readCredentials } from "../../../linux/credentials.ts";
import { type ProcessIdentity, readArgv, readOptional } from "../../../linux/procfs.ts";

export interface JvmProcess extends ProcessIdentity {
  /** In its own PID namespace: the names of its files carry it. */
  innerPid: number;
  owner: UserIds;
  /** `/proc/PID/root`: its files are below it, in a container too. */
  root: string;
}

/** Undefined when it has ended. */
export function readJvmProcess(procDir: string, identity: ProcessIdentity): JvmProcess | undefined {
  const { pid } = identity;
  const status = readOptional(`${procDir}/${pid}/status`);
  const owner = readCredentials(procDir, pid);
  if (status === undefined || !owner) return undefined;
  const { uid, gid, groups } = owner;
  return {
    ...identity,
    innerPid: innerPidOf(status) ?? pid,
    owner: { uid, gid, groups },
    root: `${procDir}/${pid}/root`,
  };
}

/** The last of `NSpid`, which kernels before 4.1 lack. */
export function innerPidOf(statusText: string): number | undefined {
  const last = /^NSpid:(?:\s+\d+)*\s+(\d+)$/m.exec(statusText)?.[1];
  return last === undefined ? undefined : Number(last);
}

const sigquitBit = 1n << 2n;

/** Whether SIGQUIT has a handler, by `SigCgt` in the text of a `status` file: without one it ends the process. */
export function catchesSigquit(statusText: string): boolean {
  const mask = /^SigCgt:\s+([0-9a-f]{1,32})$/m.exec(statusText)?.[1] ?? "0";
  return (BigInt(`0x${mask}`) & sigquitBit) !== 0n;
}

/** Why it must not be sent SIGQUIT; undefined where it may. To be asked right before. */
export function sigquitObstacle(procDir: string, { pid }: ProcessIdentity): string | undefined {
  const status = readOptional(`${procDir}/${pid}/status`);
  if (status === undefined) return "it has ended";
  if (!catchesSigquit(status))
    return "it has no handler for SIGQUIT (it is just starting?), which would end it: no signal was sent";
  // It would print its threads into NSO's log instead.
  if (readArgv(procDir, pid)?.includes("-XX:+DisableAttachMechanism"))
    return "it was started with -XX:+DisableAttachMechanism";
  return undefined;
}
