/** Which core the agent is on: found, gone, come back under another PID. */

import { describeError } from "../core/errors.ts";
import { type CoreChoice, chooseCore } from "../linux/choose-core.ts";
import type { Core } from "../linux/nso.ts";
import { isAlive } from "../linux/procfs.ts";

export interface CoreFollowerOptions {
  procDir: string;
  choice: CoreChoice;
  now: () => number;
  onAttach: (core: Core) => void;
  onDetach: (gone: Core) => void;
  /** Why a core that is there is not followed: several, and none was named. Said once. */
  onAmbiguous: (text: string) => void;
}

export interface CoreFollower {
  core(): Core | undefined;
  attach(core: Core): void;
  /** Notices that the core has ended; looks for another now and then. Cheap: one small read. */
  check(): void;
  /** Looks for a core now: the tool has seen one. */
  search(): void;
}

/** A walk through /proc costs 20 ms with 2,000 processes; the tool's own discovery is what usually finds it. */
const searchMs = 5000;

export function createCoreFollower(options: CoreFollowerOptions): CoreFollower {
  const { procDir, now } = options;
  let { choice } = options;
  let core: Core | undefined;
  let searchedMs = now();
  let saidAmbiguous = "";

  return {
    core: () => core,
    attach,
    check() {
      if (core && !isAlive(procDir, core)) detach(core);
      else if (!core && now() - searchedMs >= searchMs) search();
    },
    search,
  };

  function attach(found: Core): void {
    core = found;
    saidAmbiguous = "";
    options.onAttach(found);
  }

  function detach(gone: Core): void {
    core = undefined;
    // A restarted NSO has another PID; what tells it from its neighbours is its configuration file.
    if (choice.pid !== undefined) choice = { conffile: gone.confFile ?? "(the one that ended)" };
    options.onDetach(gone);
  }

  function search(): void {
    if (core) return;
    searchedMs = now();
    try {
      const found = chooseCore(procDir, choice);
      if (found) attach(found);
    } catch (error) {
      const text = describeError(error);
      if (text !== saidAmbiguous) options.onAmbiguous(text);
      saidAmbiguous = text;
    }
  }
}
