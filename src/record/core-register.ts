/**
 * Which cores have an agent, and which were sent the signal: a locked file for each, apart from any --home. It outlives
 * the agent, so that no other signals the same core again. It need not outlive this boot.
 */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../core/errors.ts";
import { type LockFile, readNotes, takeLock } from "../linux/lock-file.ts";
import { namespaceOf } from "../linux/namespace.ts";
import type { Core } from "../linux/nso.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { isAlive, type ProcessIdentity, readBootId, readOptional } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";

/** One core for this agent alone. */
export interface CoreHold {
  /** SIGUSR1 went out to it, by this agent or an earlier one. */
  wasSignalled(): boolean;
  /** To be called right before the signal goes out. Returns why that could not be written down, or undefined. */
  signalling(): string | undefined;
  /** It did not go out after all. */
  notSignalled(): void;
  release(): void;
}

/** A core and the hold on it. */
export interface HeldCore {
  core: Core;
  hold: CoreHold;
}

export interface CoreRegister {
  /** Takes the core, or says in words who has it. */
  hold(core: ProcessIdentity): { hold: CoreHold } | { heldBy: string };
  /** The same without taking it: for an agent that only looks. */
  wasSignalled(core: ProcessIdentity): boolean;
}

export interface RegisterOptions {
  /** Its directory; made where it is missing. */
  dir: string;
  procDir: string;
  /** The state directory of this agent, for the words to another one. */
  place: string;
  /** Where no file can be kept the core is taken all the same: the rescue matters more. */
  onProblem: (text: string) => void;
}

export function openCoreRegister({ dir, procDir, place, onProblem }: RegisterOptions): CoreRegister {
  const pathOf = (core: ProcessIdentity) => join(dir, `${keyOf(procDir, core)}.core`);
  return {
    hold(core) {
      try {
        inPrivateDirectory(dir, () => removeOld(dir));
        const attempt = takeLock(pathOf(core), place);
        if ("lock" in attempt) return { hold: holdOf(attempt.lock, () => isAlive(procDir, core)) };
        const { heldBy } = attempt;
        return {
          heldBy: heldBy
            ? `another agent (PID ${heldBy.pid}, ${heldBy.place})`
            : "an agent that cannot be seen from here (another container?)",
        };
      } catch (error) {
        const lost = "another agent on the same core would not be noticed";
        onProblem(`no register of cores in ${dir}: ${describeError(error)}; ${lost}`);
        return { hold: unregisteredHold() };
      }
    },
    wasSignalled(core) {
      try {
        return isSpent(readNotes(pathOf(core)));
      } catch {
        return false;
      }
    },
  };
}

/** For an agent that only looks, and where there is no register. */
export function unregisteredHold({ isSignalled = false } = {}): CoreHold {
  return {
    wasSignalled: () => isSignalled,
    signalling: () => undefined,
    notSignalled: () => {},
    release: () => {},
  };
}

const signalNote = "SIGUSR1";
const takenBackNote = "not sent";

function isSpent(notes: readonly string[]): boolean {
  return notes.findLast((note) => note === signalNote || note === takenBackNote) === signalNote;
}

function holdOf(lock: LockFile, isCoreAlive: () => boolean): CoreHold {
  const write = (note: string) => {
    try {
      lock.note(note);
      return undefined;
    } catch (error) {
      return describeError(error);
    }
  };
  return {
    wasSignalled: () => isSpent(lock.notes()),
    signalling: () => write(signalNote),
    notSignalled: () => void write(takenBackNote),
    // What was sent to a core that lives is for the next agent to know.
    release: () => lock.release({ remove: !isSpent(lock.notes()) || !isCoreAlive() }),
  };
}

/**
 * The same for every agent that sees the core, from whichever PID namespace: boot, the core's own namespace, its PID in
 * that and its start time.
 */
function keyOf(procDir: string, core: ProcessIdentity): string {
  const namespace = namespaceOf(procDir, core.pid, "pid");
  const innermost = readOptional(`${procDir}/${core.pid}/status`)?.match(/^NSpid:.*?(\d+)$/m)?.[1];
  // Where the namespace may not be read, the core is seen from one place only: by its own user.
  const [place, pid] =
    namespace !== undefined && innermost !== undefined
      ? [namespace, innermost]
      : [namespaceOf(ownProcDir, "self", "pid") ?? "", core.pid];
  const number = /\d+/.exec(place)?.[0] ?? "0";
  return `${bootOf()}-${number}-${pid}-${core.startTicks}`;
}

/** Enough of the boot ID to tell boots apart; empty where it cannot be read. */
function bootOf(): string {
  return readBootId(ownProcDir).replaceAll("-", "").slice(0, 16);
}

const filesMax = 200;

/** Those of another boot, and where there are many, of cores that cannot be seen any more. */
function removeOld(dir: string): void {
  const names = readdirSync(dir).filter((name) => name.endsWith(".core"));
  const namespace = /\d+/.exec(namespaceOf(ownProcDir, "self", "pid") ?? "")?.[0];
  const boot = bootOf();
  for (const name of names) {
    const [itsBoot, place, pid, startTicks] = name.slice(0, -".core".length).split("-");
    const isOurs = itsBoot === boot;
    const core = { pid: Number(pid), startTicks: Number(startTicks) };
    const isGone = place === namespace && !isAlive(ownProcDir, core);
    if (!isOurs || isGone || names.length > filesMax) removeFree(join(dir, name));
  }
}

/** One that an agent holds stays. */
function removeFree(path: string): void {
  const attempt = takeLock(path, "");
  if ("lock" in attempt) attempt.lock.release({ remove: true });
}
