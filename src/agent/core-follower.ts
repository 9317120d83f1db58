/** Which core the agent is on: found, gone, come back under another PID. */

import { describeError } from "../core/errors.ts";
import { type CoreChoice, chooseCore } from "../linux/choose-core.ts";
import type { Core } from "../linux/nso.ts";
import { isAlive } from "../linux/procfs.ts";
import type { HeldCore } from "../record/core-register.ts";
import type { HoldCore } from "./hold-core.ts";

export interface CoreFollowerOptions {
  procDir: string;
  choice: CoreChoice;
  now: () => number;
  hold: HoldCore;
  onAttach: (held: HeldCore) => void;
  onDetach: (gone: Core) => void;
  /** Why a core that is there is not followed: several and none was named, or another agent has it. Said once. */
  onAmbiguous: (text: string) => void;
}

export interface CoreFollower {
  core(): Core | undefined;
  attach(held: HeldCore): void;
  /** Notices that the core has ended; looks for another now and then. Cheap: one small read. */
  check(): void;
  /** Looks for a core now: the tool has seen one. */
  search(): void;
  /** Gives the core up to other agents. */
  release(): void;
}

/** A walk through /proc costs 20 ms with 2,000 processes; the tool's own discovery is what usually finds it. */
const searchMs = 5000;

export function createCoreFollower(options: CoreFollowerOptions): CoreFollower {
  const { procDir, now } = options;
  let { choice } = options;
  let held: HeldCore | undefined;
  let searchedMs = now();
  let saidAmbiguous = "";

  return {
    core: () => held?.core,
    attach,
    check() {
      if (held && !isAlive(procDir, held.core)) detach(held);
      else if (!held && now() - searchedMs >= searchMs) search();
    },
    search,
    release: () => held?.hold.release(),
  };

  function attach(found: HeldCore): void {
    held = found;
    saidAmbiguous = "";
    options.onAttach(found);
  }

  function detach({ core: gone, hold }: HeldCore): void {
    held = undefined;
    hold.release();
    // A restarted NSO has another PID; what tells it from its neighbours is its configuration file.
    if (choice.pid !== undefined) choice = { conffile: gone.confFile ?? "(the one that ended)" };
    options.onDetach(gone);
  }

  function search(): void {
    if (held) return;
    searchedMs = now();
    try {
      const found = chooseCore(procDir, choice);
      if (found) attach({ core: found, hold: options.hold(found) });
    } catch (error) {
      const text = describeError(error);
      if (text !== saidAmbiguous) options.onAmbiguous(text);
      saidAmbiguous = text;
    }
  }
}
