/** Finds NSO's core process in /proc. */

import { readlinkSync } from "node:fs";
import { classify, confFileOf } from "../core/nso.ts";
import {
  identify,
  isThread,
  listPids,
  type ProcessIdentity,
  readArgv,
  readOptional,
  readStat,
  readUid,
} from "./procfs.ts";

/** An NSO core as found: its identity, its user, and what an operator knows it by. */
export interface Core extends ProcessIdentity {
  /** The user that it acts for: see `parseUid`. */
  uid: number;
  name: string;
  argv: string[];
  confFile: string | undefined;
}

/**
 * Every process with the arguments of an NSO core under `procDir`, by PID. Whoever may start a process can choose its
 * arguments: choose-core.ts says which of these are taken. A process that ends while it is read is left out.
 */
export function findCores(procDir: string): Core[] {
  const cores = listPids(procDir).flatMap((pid) => readCore(procDir, pid) ?? []);
  return withoutForkedCopies(cores, ({ pid }) => readStat(procDir, pid)?.ppid);
}

/**
 * The cores among processes with a core's arguments: a copy that a core has just forked carries them until it executes
 * something else.
 */
export function withoutForkedCopies<T extends { pid: number }>(
  found: readonly T[],
  parentOf: (one: T) => number | undefined,
): T[] {
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter((one) => {
    const parent = parentOf(one);
    return parent === undefined || !pids.has(parent);
  });
}

/** The process with this PID and the arguments of a core, or undefined when that process is gone, a zombie, a thread, or not an NSO core. */
export function readCore(procDir: string, pid: number): Core | undefined {
  const argv = readArgv(procDir, pid);
  const found = argv && classify(argv);
  if (!argv || found?.group !== "core") return undefined;
  const identity = identify(procDir, pid);
  const status = readOptional(`${procDir}/${pid}/status`);
  if (!identity || status === undefined || isThread(status, pid)) return undefined;
  const uid = readUid(procDir, pid, status);
  if (uid === undefined) return undefined;
  return { ...identity, uid, name: found.name, argv, confFile: confFileOf(argv) };
}

/** Whether `core` is still the process it was found as: same start time and still NSO by its arguments. */
export function isSameCore(procDir: string, core: Core): boolean {
  return readCore(procDir, core.pid)?.startTicks === core.startTicks;
}

/** The executable of a process, undefined where it may not be read. */
export function readExecutable(procDir: string, pid: number): string | undefined {
  return readLink(`${procDir}/${pid}/exe`);
}

/** The working directory of a process, undefined where it may not be read. */
export function readWorkingDirectory(procDir: string, pid: number): string | undefined {
  return readLink(`${procDir}/${pid}/cwd`);
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
