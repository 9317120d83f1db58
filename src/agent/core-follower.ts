/** Which core the agent is on: found, gone, come back under another PID. */

import type { PassedOver } from "../core/core-candidate.ts";
import type { CorePlace } from "../core/core-place.ts";
import { describeError } from "../core/errors.ts";
import { type CoreChoice, choiceAfter, chooseCore, describeAll, usersOf } from "../linux/choose-core.ts";
import { readCorePlace } from "../linux/core-place.ts";
import type { Core } from "../linux/nso.ts";
import { isAlive } from "../linux/procfs.ts";
import type { HeldCore } from "../record/core-register.ts";
import type { HoldCore } from "./hold-core.ts";
import { createNewcomers } from "./newcomers.ts";

export interface CoreFollowerOptions {
  procDir: string;
  choice: CoreChoice;
  monotonicMs: () => number;
  hold: HoldCore;
  onAttach: (held: HeldCore) => void;
  onDetach: (gone: Core) => void;
  /**
   * Why what is there is not followed: several cores and none was named, another agent has it, or it is a stranger's.
   * Said once each.
   */
  onRefusal: (text: string) => void;
}

export interface CoreFollower {
  core(): Core | undefined;
  attach(held: HeldCore): void;
  /** Notices that the core has ended; looks for another now and then. Cheap: one small read. */
  check(): void;
  /** The tool measures this process as a core: looks now, at the same one again only after a while. */
  notice(pid: number): void;
  /** One has ended less than a minute ago: systemd starts the next within seconds. */
  isExpected(): boolean;
  /** Whose cores may be followed next; none where it is named by its PID. */
  users(): readonly number[];
  /** Gives the core up to other agents. */
  release(): void;
}

/** A walk through /proc costs 20 ms with 2,000 processes; what has just started is usually seen by its PID. */
const searchMs = 5000;
const expectedMs = 60_000;

export function createCoreFollower(options: CoreFollowerOptions): CoreFollower {
  const { procDir, monotonicMs } = options;
  let { choice } = options;
  let held: HeldCore | undefined;
  const taking = createTaking(options.hold);
  const place = createPlaceNote(procDir, monotonicMs);
  const newcomers = createNewcomers(procDir, monotonicMs);
  let searchedMs = Number.NEGATIVE_INFINITY;
  let endedMs = Number.NEGATIVE_INFINITY;
  let refusedPid: number | undefined;
  const refusals = createRefusals(options.onRefusal);
  const isDue = () => monotonicMs() - searchedMs >= searchMs;
  return {
    core: () => held?.core,
    attach,
    check() {
      if (held && !isAlive(procDir, held.core)) detach(held);
      else if (held) place.renew(held.core);
      else if (isDue() && !taking.isUnderWay()) search();
      else newcomers.cores().forEach(notice);
    },
    notice,
    isExpected: () => !held && monotonicMs() - endedMs < expectedMs,
    users: () => usersOf(choice),
    release() {
      taking.stop();
      held?.hold.release();
    },
  };

  function notice(pid: number): void {
    if (held || taking.isUnderWay() || (pid === refusedPid && !isDue())) return;
    refusedPid = pid;
    search();
  }

  function attach(found: HeldCore): void {
    try {
      place.begin(found.core);
      held = found;
      refusedPid = undefined;
      options.onAttach(found);
    } catch (error) {
      // Not followed by half: the next search begins anew.
      held = undefined;
      found.hold.release();
      throw error;
    }
    refusals.forget();
  }

  function detach({ core: gone, hold }: HeldCore): void {
    held = undefined;
    endedMs = monotonicMs();
    // The next one may have begun already: the next look walks.
    searchedMs = Number.NEGATIVE_INFINITY;
    newcomers.begin();
    hold.release();
    choice = choiceAfter(choice, gone, place.last());
    options.onDetach(gone);
  }

  function search(): void {
    searchedMs = monotonicMs();
    try {
      const found = chooseCore(procDir, choice);
      if (found.core) void taking.take(found.core, attach).catch(refusals.say);
      else refusals.sayPassedOver(found.passedOver);
    } catch (error) {
      refusals.say(error);
    }
  }
}

/** Why what is there is not followed: said once for each cause, until a core is followed. */
function createRefusals(onRefusal: (text: string) => void) {
  let saidLast = "";
  const saidOf = new Set<string>();
  return {
    forget() {
      saidLast = "";
      saidOf.clear();
    },
    say(error: unknown) {
      const text = describeError(error);
      if (text !== saidLast) onRefusal(text);
      saidLast = text;
    },
    /** Once for each user and cause: whoever starts one look-alike after another does not fill the log. */
    sayPassedOver(passedOver: readonly PassedOver<Core>[]) {
      const keyOf = ({ core: { uid }, cause }: PassedOver<Core>) => `${cause} ${uid}`;
      const fresh = passedOver.filter((one) => !saidOf.has(keyOf(one)));
      for (const one of fresh) saidOf.add(keyOf(one));
      for (const { found, wayOut } of describeAll(fresh)) onRefusal(`${found}; ${wayOut}`);
    },
  };
}

/** A core that was found is asked for: another agent may have it, and the register may be slow to say so. */
function createTaking(hold: HoldCore) {
  let isUnderWay = false;
  let isStopped = false;
  return {
    isUnderWay: () => isUnderWay,
    stop() {
      isStopped = true;
    },
    /** Calls nobody where the agent has stopped meanwhile. Rejects with why it is not to be had. */
    async take(core: Core, onTaken: (held: HeldCore) => void): Promise<void> {
      isUnderWay = true;
      const taken = await hold(core).finally(() => {
        isUnderWay = false;
      });
      if (isStopped) taken.release();
      else onTaken({ core, hold: taken });
    },
  };
}

/** Where the core lives, read while it does: when it has ended there is nothing left to be read. */
function createPlaceNote(procDir: string, monotonicMs: () => number) {
  let place: CorePlace = { cgroups: undefined, mounts: undefined, runDir: undefined };
  let readMs = Number.NEGATIVE_INFINITY;
  const begin = ({ pid }: Core) => {
    readMs = monotonicMs();
    place = readCorePlace(procDir, pid);
  };
  return {
    begin,
    /** Now and then: a core that has just started may not be in its run directory yet. */
    renew(core: Core) {
      if (monotonicMs() - readMs >= searchMs) begin(core);
    },
    last: () => place,
  };
}
