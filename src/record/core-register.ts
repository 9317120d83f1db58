/**
 * Which cores have an agent, and which were sent the signal: a locked file for each, apart from any --home. It outlives
 * the agent, so that no other signals the same core again. It need not outlive this boot.
 */

import { join } from "node:path";
import { describeError } from "../core/errors.ts";
import { call, type FileWork } from "../linux/file-work.ts";
import { type LockFile, type LockHolder, readNotes, takeLock } from "../linux/lock-file.ts";
import { namespaceOf } from "../linux/namespace.ts";
import type { Core } from "../linux/nso.ts";
import { withinPrivateDirectory } from "../linux/private-directory.ts";
import { isAlive, type ProcessIdentity, readBootId, readOptional } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";
import type { Lane } from "./lane.ts";

/** One core for this agent alone. Its file is written beside the agent's thread, whatever the disk does. */
export interface CoreHold {
  /** SIGUSR1 went out to it, by this agent or an earlier one. */
  wasSignalled(): boolean;
  /**
   * To be called right before the signal goes out; waits at most `msMax` for the file. Returns why it is not written
   * down yet, or undefined.
   */
  signalling(msMax: number): Promise<string | undefined>;
  /** It did not go out after all. */
  notSignalled(): void;
  release(): void;
}

/** A core and the hold on it. */
export interface HeldCore {
  core: Core;
  hold: CoreHold;
}

export interface HeldElsewhere {
  heldBy: string;
  place: string | undefined;
}

export interface CoreRegister {
  /** Takes the core, or says in words who has it, and the state directory of that agent where it is known. */
  hold(core: ProcessIdentity): Promise<{ hold: CoreHold } | HeldElsewhere>;
  /** The same without taking it: for an agent that only looks. */
  wasSignalled(core: ProcessIdentity): Promise<boolean>;
}

export interface RegisterOptions {
  /** Its directory; made where it is missing. */
  dir: string;
  procDir: string;
  /** The state directory of this agent, for the words to another one. */
  place: string;
  /** Where no file can be kept the core is taken all the same: the rescue matters more. */
  onProblem: (text: string) => void;
  /** Of `dir`. */
  lane: Lane;
}

/** A core is followed all the same when the register has not answered by then. */
const holdMsMax = 1000;

export function openCoreRegister(options: RegisterOptions): CoreRegister {
  const { dir, procDir, place, onProblem, lane } = options;
  const pathOf = (core: ProcessIdentity) => join(dir, `${keyOf(procDir, core)}.core`);
  const take = (core: ProcessIdentity) =>
    lane.do(function* () {
      yield* withinPrivateDirectory(dir, () => removeOld(dir));
      return yield* takeLock(pathOf(core), place);
    });
  return {
    async hold(core) {
      const hold = createHold(lane, () => isAlive(procDir, core));
      const attempt = take(core).then((taken) => {
        if ("lock" in taken) hold.adopt(taken.lock);
        return taken;
      });
      const why = await Promise.race([
        attempt.then((taken) => ("lock" in taken ? undefined : { heldBy: taken.heldBy }), describeError),
        Bun.sleep(holdMsMax).then(() => `it has not answered for ${holdMsMax} ms`),
      ]);
      if (typeof why === "object") return { heldBy: wordsFor(why.heldBy), place: why.heldBy?.place };
      const lost = "another agent on the same core would not be noticed";
      if (why !== undefined) onProblem(`no register of cores in ${dir}: ${why}; ${lost}`);
      return { hold };
    },
    wasSignalled: async (core) => {
      const notes = lane.do(() => readNotes(pathOf(core)));
      return isSpent(await notes.catch(() => []));
    },
  };
}

function wordsFor(holder: LockHolder | undefined): string {
  return holder
    ? `another agent (PID ${holder.pid}, ${holder.place})`
    : "an agent that cannot be seen from here (another container?)";
}

/** For an agent that only looks, and where there is no register. */
export function unregisteredHold({ isSignalled = false } = {}): CoreHold {
  return {
    wasSignalled: () => isSignalled,
    signalling: () => Promise.resolve(undefined),
    notSignalled: () => {},
    release: () => {},
  };
}

const signalNote = "SIGUSR1";
const takenBackNote = "not sent";

function isSpent(notes: readonly string[]): boolean {
  return notes.findLast((note) => note === signalNote || note === takenBackNote) === signalNote;
}

/** `adopt`: the lock is taken, be it late. Without one nothing is written down. */
function createHold(lane: Lane, isCoreAlive: () => boolean): CoreHold & { adopt(taken: LockFile): void } {
  let lock: LockFile | undefined;
  let isReleased = false;
  const write = async (note: string): Promise<string | undefined> => {
    const taken = lock;
    if (taken) await lane.do(() => taken.note(note));
    return undefined;
  };
  const release = (taken: LockFile) => {
    // What was sent to a core that lives is for the next agent to know.
    const remove = !isSpent(taken.notes()) || !isCoreAlive();
    lane.do(() => taken.release({ remove })).catch(() => undefined);
  };
  return {
    adopt(taken) {
      if (isReleased) release(taken);
      else lock = taken;
    },
    wasSignalled: () => lock !== undefined && isSpent(lock.notes()),
    signalling: (msMax) =>
      Promise.race([
        write(signalNote).catch(describeError),
        Bun.sleep(msMax).then(() => `no answer in ${Math.round(msMax)} ms`),
      ]),
    notSignalled: () => void write(takenBackNote).catch(() => undefined),
    release() {
      isReleased = true;
      if (lock) release(lock);
      lock = undefined;
    },
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
function* removeOld(dir: string): FileWork<void> {
  const names = (yield* call.readdir(dir)).map(({ name }) => name).filter((name) => name.endsWith(".core"));
  const namespace = /\d+/.exec(namespaceOf(ownProcDir, "self", "pid") ?? "")?.[0];
  const boot = bootOf();
  for (const name of names) {
    const [itsBoot, place, pid, startTicks] = name.slice(0, -".core".length).split("-");
    const isOurs = itsBoot === boot;
    const core = { pid: Number(pid), startTicks: Number(startTicks) };
    const isGone = place === namespace && !isAlive(ownProcDir, core);
    if (!isOurs || isGone || names.length > filesMax) yield* removeFree(join(dir, name));
  }
}

/** One that an agent holds stays. */
function* removeFree(path: string): FileWork<void> {
  const attempt = yield* takeLock(path, "");
  if ("lock" in attempt) yield* attempt.lock.release({ remove: true });
}
