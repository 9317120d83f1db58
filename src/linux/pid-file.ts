/** One agent per state directory: a PID file that knows a stale one from a live one. */

import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeError, errnoOf, exitCodes, NsomemError } from "../core/errors.ts";
import { identify, isAlive, type ProcessIdentity, readBootId } from "./procfs.ts";

/** The agent a PID file names, when it is alive. Crash, reboot and a reused PID all read as undefined. */
export function readLiveAgent(pidFile: string, procDir: string): ProcessIdentity | undefined {
  const owner = parse(readText(pidFile));
  if (!owner || owner.bootId !== readBootId(procDir)) return undefined;
  return isAlive(procDir, owner) ? { pid: owner.pid, startTicks: owner.startTicks } : undefined;
}

/** The same for commands that need one. Throws NsomemError NOT_RUNNING (exit 3) naming the file. */
export function requireLiveAgent(pidFile: string, procDir: string): ProcessIdentity {
  const agent = readLiveAgent(pidFile, procDir);
  if (agent) return agent;
  throw new NsomemError("NOT_RUNNING", `not running (${pidFile} names no live agent)`, exitCodes.notRunning);
}

/**
 * Takes the PID file for this process and returns how to give it back. Throws NsomemError HOME_IN_USE (exit 5)
 * naming the live owner. Two starts at once: link(2) lets one of them win.
 */
export function acquirePidFile(pidFile: string, procDir: string): () => void {
  const self = identify(procDir, process.pid);
  const text = `${process.pid}\n${self?.startTicks ?? 0}\n${readBootId(procDir)}\n`;
  const candidate = `${pidFile}.${process.pid}`;
  writeCandidate(candidate, text);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (tryLink(candidate, pidFile)) return () => release(pidFile, text);
      const owner = readLiveAgent(pidFile, procDir);
      if (owner) throw inUse(pidFile, owner.pid);
      moveStaleAside(pidFile, procDir);
    }
  } finally {
    rmSync(candidate, { force: true });
  }
  throw new NsomemError("PID_FILE", `${pidFile} could not be taken in ${attemptsMax} attempts; start again`);
}

const attemptsMax = 5;

function writeCandidate(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    if (existsSync(path)) rmSync(path);
    const wayOut = "make room and permission there, or use another --home";
    throw new NsomemError("PID_FILE", `cannot write ${dirname(path)}: ${describeError(error)}; ${wayOut}`);
  }
}

/** Renames the stale file away, so that of two starters only one removes it; a live one caught by that goes back. */
function moveStaleAside(pidFile: string, procDir: string): void {
  const aside = `${pidFile}.stale.${process.pid}`;
  try {
    renameSync(pidFile, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  if (readLiveAgent(aside, procDir)) tryLink(aside, pidFile);
  rmSync(aside, { force: true });
}

function release(pidFile: string, text: string): void {
  // Only one's own: a successor may have taken it after this agent was thought dead.
  if (readText(pidFile) === text) rmSync(pidFile, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

function parse(text: string | undefined): (ProcessIdentity & { bootId: string }) | undefined {
  if (text === undefined) return undefined;
  const [pid, startTicks, bootId] = text.split("\n");
  if (!pid || !startTicks || bootId === undefined || !/^\d+$/.test(pid) || !/^\d+$/.test(startTicks))
    return undefined;
  return { pid: Number(pid), startTicks: Number(startTicks), bootId };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function inUse(pidFile: string, pid: number): NsomemError {
  const message = `another agent (PID ${pid}) already holds ${pidFile}; stop it with "nsomem stop" or use another --home`;
  return new NsomemError("HOME_IN_USE", message, exitCodes.homeInUse);
}
