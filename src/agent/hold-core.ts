/** A core has one agent, whatever that agent's --home. */

import { exitCodes, NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import type { Core } from "../linux/nso.ts";
import { type CoreHold, type CoreRegister, unregisteredHold } from "../record/core-register.ts";
import { givenFor } from "../record/paths.ts";

/** Takes a core for one agent. Rejects with NsomemError CORE_IN_USE (exit 5) naming the agent that has it. */
export type HoldCore = (core: Core) => Promise<CoreHold>;

/** A dry run sends nothing, so it may look on beside the agent that has the core. */
export function coreHolder(register: CoreRegister, { dryRun }: { dryRun: boolean }): HoldCore {
  return async (core) => {
    if (dryRun) return unregisteredHold({ isSignalled: await register.wasSignalled(core) });
    const attempt = await register.hold(core);
    if ("hold" in attempt) return attempt.hold;
    const { heldBy, place } = attempt;
    const stop = place === undefined ? "" : ` with "${hint("stop", givenFor(place))}"`;
    const message =
      `${heldBy} watches NSO core PID ${core.pid} already, and a core has one agent; ` +
      `stop that one first${stop}, or look on with --dry-run`;
    throw new NsomemError("CORE_IN_USE", message, exitCodes.homeInUse);
  };
}
