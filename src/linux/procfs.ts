/** What nsomem reads of /proc, each reader taking the mount point. Absent is undefined, never 0. See proc(5). */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { parseCmdline } from "../core/nso.ts";
import type { OvercommitMode } from "../core/rule.ts";
import { readHeld } from "./held-files.ts";
import { giveUpSpare, keepSpares } from "./spare-descriptor.ts";

/** A process by PID and start time in clock ticks since boot: a PID alone may be reused. */
export interface ProcessIdentity {
  pid: number;
  startTicks: number;
}

/** The fields of `/proc/PID/stat` that nsomem uses. */
export interface ProcessStat {
  state: string;
  ppid: number;
  startTicks: number;
}

/** The PIDs in `/proc`, ascending. */
export function listPids(procDir: string): number[] {
  return readdirSync(procDir)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The argument vector, empty for kernel threads and zombies, undefined when the process is gone or hidden. */
export function readArgv(procDir: string, pid: number): string[] | undefined {
  const text = readOptional(`${procDir}/${pid}/cmdline`);
  return text === undefined ? undefined : parseCmdline(text);
}

/** `/proc/PID/stat`, undefined when the process is gone. The command name may hold spaces and parentheses. */
export function readStat(procDir: string, pid: number): ProcessStat | undefined {
  const text = readOptional(`${procDir}/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "?", ppid] = fields;
  return { state, ppid: Number(ppid), startTicks: Number(fields[19]) };
}

/** The identity of a live process; undefined for one that is gone or a zombie (facts 4.25: zombies pass kill -0). */
export function identify(procDir: string, pid: number): ProcessIdentity | undefined {
  const stat = readStat(procDir, pid);
  if (!stat || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, startTicks: stat.startTicks };
}

export function isAlive(procDir: string, identity: ProcessIdentity): boolean {
  return identify(procDir, identity.pid)?.startTicks === identity.startTicks;
}

/** `Tgid` in the text of `/proc/PID/status` differs from the PID for a thread, which must not be taken for a process. */
export function isThread(statusText: string, pid: number): boolean {
  const tgid = statusText.match(/^Tgid:\s*(\d+)/m)?.[1];
  return tgid !== undefined && Number(tgid) !== pid;
}

/**
 * The user that a process acts for, of the text of its `status`: root only where its real, effective, saved and file
 * system user all are. Anyone can start a set-user-ID program of root's under any command line. Undefined without that
 * line. See proc_pid_status(5), credentials(7).
 */
export function parseUid(statusText: string): number | undefined {
  const ids = statusText
    .match(/^Uid:((?:\s+\d+){4})$/m)?.[1]
    ?.trim()
    .split(/\s+/)
    .map(Number);
  return ids && (ids.find((id) => id !== 0) ?? 0);
}

/** As `parseUid`; where a made-up /proc does not say, the owner of the process's directory. Undefined when it is gone. */
export function readUid(
  procDir: string,
  pid: number,
  statusText = readOptional(`${procDir}/${pid}/status`),
): number | undefined {
  if (statusText === undefined) return undefined;
  return parseUid(statusText) ?? statSync(`${procDir}/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** The environment of a process, undefined when it may not be read (facts 3.8: another user, a file capability). */
export function readEnviron(procDir: string, pid: number): Record<string, string> | undefined {
  const text = readOptional(`${procDir}/${pid}/environ`);
  if (text === undefined) return undefined;
  const entries = text
    .split("\0")
    .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== ""));
}

export function overcommitPath(procDir: string): string {
  return `${procDir}/sys/vm/overcommit_memory`;
}

/** What says who a process is, whether it lives, and where the OOM killer has it: read on the way to its signal. */
export function pathsOfProcess(procDir: string, pid: number): string[] {
  const names = ["stat", "cmdline", "status", "cgroup", "oom_score", "oom_score_adj"];
  return names.map((name) => `${procDir}/${pid}/${name}`);
}

/** What says when something was, for a later process of this boot too. */
export function pathsOfTime(procDir: string): string[] {
  return [uptimePath(procDir), bootIdPath(procDir)];
}

export function uptimePath(procDir: string): string {
  return `${procDir}/uptime`;
}

function bootIdPath(procDir: string): string {
  return `${procDir}/sys/kernel/random/boot_id`;
}

/** vm.overcommit_memory. An unreadable or unknown value counts as 0, where CommitLimit does not bind. */
export function readOvercommitMode(procDir: string): OvercommitMode {
  const text = readOptional(overcommitPath(procDir))?.trim();
  return text === "2" ? 2 : text === "1" ? 1 : 0;
}

/** The kernel's id of this boot: start times of one boot mean nothing in another. Empty where it cannot be read. */
export function readBootId(procDir: string): string {
  return readOptional(bootIdPath(procDir))?.trim() ?? "";
}

/** The text of a file, from its descriptor where it is held. Throws what fs throws. */
export function readText(path: string): string {
  const held = readHeld(path);
  if (held !== undefined) return held;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!giveUpSpare(error)) throw error;
    const text = readFileSync(path, "utf8");
    keepSpares();
    return text;
  }
}

/** The text of a file, undefined when it is not there or may not be read; other errors are thrown. */
export function readOptional(path: string): string | undefined {
  try {
    return readText(path);
  } catch (error) {
    const errno = errnoOf(error);
    // ESRCH: the process ended between open and read.
    if (errno && ["ENOENT", "ESRCH", "EACCES", "EPERM", "ENOTDIR", "EINVAL"].includes(errno))
      return undefined;
    throw new NsomemError("READ", `cannot read ${path}: ${describeError(error)}`);
  }
}

/** VmRSS of `/proc/PID/status` in KiB; undefined when the process is gone or a zombie. */
export function readRssKib(procDir: string, pid: number): number | undefined {
  const rss = readOptional(`${procDir}/${pid}/status`)?.match(/^VmRSS:\s*(\d+)/m)?.[1];
  return rss === undefined ? undefined : Number(rss);
}
