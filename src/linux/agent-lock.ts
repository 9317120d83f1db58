/**
 * One agent per state directory. The lock in it says who that is; the PID file in the run directory is a hint for
 * scripts and is believed by nobody here: whoever can write it could name any process.
 */

import { type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { call, doNow, type FileWork } from "./file-work.ts";
import { hidesProcesses } from "./hidden-processes.ts";
import {
  findDirectoryHolder,
  findHolder,
  type LockAttempt,
  type LockFile,
  statOrNothing,
  takeDirectoryLock,
  takeLock,
} from "./lock-file.ts";
import { withinPrivateDirectory } from "./private-directory.ts";
import { replacePrivateFile } from "./private-file.ts";
import { openProcess, type ProcessHandle } from "./process-handle.ts";
import { identify, isAlive, type ProcessIdentity, readArgv, readBootId, readStat } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";
import { isSameFile } from "./same-file.ts";

/**
 * Where an agent stands in its state directory, and tells scripts of it. The lock is in the PID file's directory where
 * none can be made in the state's, whose disk may be full: watching needs no disk.
 */
export interface AgentFiles {
  state: string;
  lockFile: string;
  pidFile: string;
}

/** The right to be the agent of a state directory. */
export interface AgentLock {
  /** Puts back what somebody removed, the directory too. What there is to say about that, once. Never throws. */
  keep(): FileWork<string | undefined>;
  release(): FileWork<void>;
}

/** Throws NsomemError HOME_IN_USE (exit 5) naming the agent that has it, HOME where nothing can be written. */
export function takeAgentLock(files: AgentFiles): AgentLock {
  let lock: LockFile | undefined = doNow(takeOrThrow(files));
  let said: string | undefined;
  let wasWritten = doNow(writePidFile(files.pidFile));
  const restore = function* (): FileWork<string | undefined> {
    if (lock && !(yield* lock.isInPlace())) {
      const gone = lock;
      lock = undefined;
      yield* gone.release({ remove: false });
    }
    const isPidThere = yield* isThere(files.pidFile);
    const isBack = lock === undefined || (wasWritten && !isPidThere);
    lock ??= yield* takeOrThrow(files);
    if (!isPidThere) wasWritten = yield* writePidFile(files.pidFile);
    return isBack ? `${files.state}: the files of the running agent had been removed; made anew` : undefined;
  };
  return {
    *keep() {
      try {
        const news = yield* restore();
        said = undefined;
        return news;
      } catch (error) {
        const text = `the files of the running agent had been removed: ${describeError(error)}`;
        const news = text === said ? undefined : text;
        said = text;
        return news;
      }
    },
    *release() {
      // A successor may have the PID file by then, where this agent had lost its directory.
      const isOurs = lock !== undefined && (yield* lock.isInPlace());
      if (isOurs && (yield* isThere(files.pidFile))) yield* call.unlink(files.pidFile);
      if (lock) yield* lock.release({ remove: true });
    },
  };
}

/** The live agent of a state directory, as the lock says. */
export function findAgent(files: AgentFiles): ProcessIdentity | undefined {
  return doNow(findLater(files));
}

function* findLater(files: AgentFiles): FileWork<ProcessIdentity | undefined> {
  for (const path of lockPlaces(files)) {
    const holder = yield* findHolder(path);
    if (holder) return holder;
  }
  return yield* findDirectoryHolder(files.state);
}

function lockPlaces({ lockFile, pidFile }: AgentFiles): string[] {
  return [...new Set([lockFile, join(dirname(pidFile), basename(lockFile))])];
}

/**
 * The same for commands that signal it: held by a pidfd, and verified to be nsomem. Throws NsomemError NOT_RUNNING
 * (exit 3), or NOT_NSOMEM where the lock's holder runs another program.
 */
export function holdAgent(files: AgentFiles): ProcessIdentity & ProcessHandle {
  const { lockFile } = files;
  const agent = findAgent(files);
  // Looked for again once it is held: by then the lock's holder is that process and no successor of its PID.
  const isStill = () => findAgent(files)?.pid === agent?.pid;
  const handle = agent && openProcess(ownProcDir, agent, isStill);
  if (!agent || !handle) {
    throw new NsomemError(
      "NOT_RUNNING",
      `not running (no live agent holds ${lockFile})`,
      exitCodes.notRunning,
    );
  }
  if (!isNsomem(agent.pid)) {
    handle.close();
    throw new NsomemError(
      "NOT_NSOMEM",
      `PID ${agent.pid} holds ${lockFile} and is not nsomem; it is left alone`,
    );
  }
  return { ...agent, ...handle };
}

/** Whether it lives, also where hidepid keeps an agent with more rights than this process out of sight. */
export function isAgentAlive(agent: ProcessIdentity & ProcessHandle): boolean {
  if (isAlive(ownProcDir, agent)) return true;
  return hidesProcesses(ownProcDir) && readStat(ownProcDir, agent.pid) === undefined && agent.send("none");
}

function* takeOrThrow(files: AgentFiles): FileWork<LockFile> {
  const running = yield* findLater(files);
  if (running && running.pid !== process.pid) throw inUse(files, running);
  const failures: unknown[] = [];
  for (const path of lockPlaces(files)) {
    const attempt = yield* tryTake(path, files.state);
    if ("lock" in attempt) return attempt.lock;
    if (!("failure" in attempt)) throw inUse(files, attempt.heldBy);
    failures.push(attempt.failure);
  }
  // Watching needs no file: on a full disk the directory itself is locked.
  const attempt = yield* lockDirectory(files.state);
  if ("lock" in attempt) return attempt.lock;
  if (!("failure" in attempt)) throw inUse(files, attempt.heldBy);
  const wayOut = "make room and permission there, or use another --home";
  throw new NsomemError("HOME", `cannot write ${files.state}: ${describeError(failures[0])}; ${wayOut}`);
}

function* lockDirectory(state: string): FileWork<LockAttempt | { failure: unknown }> {
  try {
    // Whose it is was said before, where it was refused for that.
    return yield* withinPrivateDirectory(state, () => takeDirectoryLock(state));
  } catch (failure) {
    return { failure };
  }
}

function* tryTake(path: string, state: string): FileWork<LockAttempt | { failure: unknown }> {
  try {
    return yield* withinPrivateDirectory(dirname(path), () => takeLock(path, state));
  } catch (failure) {
    return { failure };
  }
}

function inUse({ state }: AgentFiles, holder: ProcessIdentity | undefined): NsomemError {
  const who = holder
    ? `another agent (PID ${holder.pid})`
    : "an agent that cannot be seen from here (another container?)";
  const message = `${who} already works in ${state}; stop it with "${hint("stop")}" or use another --home`;
  return new NsomemError("HOME_IN_USE", message, exitCodes.homeInUse);
}

/**
 * PID, start time in clock ticks since boot, and boot ID, a line each: the first alone is what scripts expect. False where
 * it cannot be written: a full disk takes no hint.
 */
function* writePidFile(pidFile: string): FileWork<boolean> {
  const startTicks = identify(ownProcDir, process.pid)?.startTicks ?? 0;
  try {
    yield* replacePrivateFile(pidFile, `${process.pid}\n${startTicks}\n${readBootId(ownProcDir)}\n`);
    return true;
  } catch {
    return false;
  }
}

function* isThere(path: string): FileWork<boolean> {
  return (yield* statOrNothing(path))?.isFile() ?? false;
}

/** The same executable as this one, also where that was replaced since; or at least a command line of nsomem's. */
function isNsomem(pid: number): boolean {
  const own = statSync(`${ownProcDir}/self/exe`);
  if (isSameFile(executableOf(pid), own)) return true;
  const argv = readArgv(ownProcDir, pid);
  // Not to be seen: the lock, which nobody else can hold, has to do.
  if (argv === undefined) return hidesProcesses(ownProcDir);
  return argv.includes("start") || argv.includes("watch");
}

/** Undefined where it may not be seen: the agent of a service may have more rights than this process. */
function executableOf(pid: number): Stats | undefined {
  try {
    return statSync(`${ownProcDir}/${pid}/exe`, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
