/** A signal that was decided on and did not go out is tried again for as long as memory stays critical. */

import { isAlive } from "../linux/procfs.ts";
import { attempt, conclude, type PerformerState, type Unsent } from "./attempt.ts";
import { createCriticalLook } from "./crash-dump/critical-check.ts";
import type { Target } from "./target.ts";

/**
 * Ends when the signal is out or another action has it in hand, memory is not critical any more, the core has ended or
 * is no longer the one that is followed, or the agent stops. No cool-down stands in its way: none begins before the
 * signal is out. What comes to the same as before is neither logged nor recorded again. Never throws.
 */
export async function retryUnsent(state: PerformerState, unsent: Unsent): Promise<void> {
  const { action, config, target, tries } = unsent;
  const { host, stop } = state;
  const lookAtMemory = createCriticalLook({ config, host, reading: action.reading, core: target.core });
  let said = unsent.outcome.message;
  while (isDue(state, target)) {
    await Bun.sleep(state.retryMs);
    // What cannot be measured now may be at the next look.
    const isCritical = lookAtMemory();
    if (isCritical === false || stop.signal.aborted || !isDue(state, target)) return;
    if (isCritical === undefined) continue;
    tries.count++;
    const record = state.records.draft(action);
    const outcome = await attempt(state, { action, config, record, tries });
    if (outcome.message === said) continue;
    said = outcome.message;
    state.records.keep(record);
    conclude(state, { action, record, outcome });
  }
}

/** By the one owner of that fact: the signal is still to be sent, and to this core. */
function isDue(state: PerformerState, { core, signal }: Target): boolean {
  if (state.stop.signal.aborted || signal.isSpent() || state.target.now()?.signal !== signal) return false;
  try {
    return isAlive(state.host.roots.procDir, core);
  } catch {
    // No descriptor for the look; there may be one at the next.
    return true;
  }
}
