/**
 * The way to the signal, walked once in front of a made-up core while memory is plenty. Code that runs for the first time
 * is read from the executable, which waits for a disk that is busy: 60 to 95 ms a page were seen. What has run is in
 * memory, and can be locked there. Nothing of it is seen or kept.
 */

import type { Outcome } from "../../core/action.ts";
import type { Clock } from "../../core/clock.ts";
import { crashDump } from "./crash-dump.ts";
import type { CrashDumpWorld } from "./ports.ts";

export interface RehearsalOptions extends Clock {
  /** Writes something where incidents are kept, and waits for the disk. */
  sync: () => Promise<void>;
}

/** Never rejects. */
export async function rehearse({ sync, ...clock }: RehearsalOptions): Promise<Outcome | undefined> {
  const nothing = async () => undefined;
  const world: CrashDumpWorld = {
    core: {
      pid: 0,
      isSame: () => true,
      announce: nothing,
      isAlive: () => false,
      state: () => undefined,
      send: () => true,
      findEnder: nothing,
    },
    dump: {
      prepare: async () => ({ prospect: undefined, known: undefined }),
      find: nothing,
      findOwn: nothing,
      preserve: nothing,
      sha256: nothing,
      read: async () => ({ kind: "unread" }),
      lastDebugDump: async () => ({ outcome: "skipped", message: "", files: [] }),
    },
    memory: {
      isCritical: () => true,
      judgeVictim: () => ({ isNso: true, sentence: "" }),
      planShield: () => [],
      shield() {},
      unshield() {},
      sharedEnd: () => undefined,
      unthrottle: nothing,
      throttleAgain: nothing,
      makeRoom: nothing,
    },
    record: {
      ...clock,
      uptimeMs: clock.monotonicMs,
      write() {},
      say() {},
      collectEvidence() {},
      sync: () =>
        sync().then(
          () => true,
          () => false,
        ),
    },
    policy: { without_dump: "signal", victim: "warn", shed: "never", kill: "never", timeout: 1000 },
    progress: {
      begun() {},
      isRetry: false,
      note() {},
      survived() {},
      stop: new AbortController().signal,
    },
  };
  return await crashDump(world).catch(() => undefined);
}
