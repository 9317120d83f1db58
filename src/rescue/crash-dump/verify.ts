/** Verify: is NSO the one to kill? Waits until it is, where the operator requires that. */

import type { CrashDumpWorld } from "./ports.ts";

const pollMs = 1000;

/**
 * Asks until NSO is what the kernel would kill; then undefined. The reason to leave it alone once memory is not critical
 * any more, or the time is over. A core that has ended meanwhile is not waited for: the look right before the signal
 * says what became of it.
 */
export async function reasonToWait({
  core,
  memory,
  record,
  policy,
  progress,
}: CrashDumpWorld): Promise<string | undefined> {
  const endsMs = record.monotonicMs() + policy.timeout;
  for (let isLogged = false; ; isLogged = true) {
    const { isNso, sentence } = memory.judgeVictim();
    // Unknown counts as yes: a rescue that cannot be judged is still asked for.
    if (isNso !== false) return undefined;
    if (!isLogged) record.say(`crash_dump.victim = "require": ${sentence}; NSO is left alone for now`);
    await Bun.sleep(pollMs);
    if (!core.isSame()) return undefined;
    if (progress.stop.aborted)
      return "the agent was stopped while it waited for NSO to be the kernel's choice";
    if (!memory.isCritical()) return `memory is not critical any more, and ${sentence}`;
    if (record.monotonicMs() > endsMs) return sentence;
  }
}
