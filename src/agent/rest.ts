/** What the agent does for its own memory while nothing is to be done: an agent that waits for years is to be small. */

export interface Rest {
  /** Asked about once a second while no limit is near. `isQuiet`: every level is normal. */
  look(now: { isQuiet: boolean }): void;
  stop(): void;
}

export interface RestOptions {
  /** Reads all code beside this thread, so that none of it is to be had from a disk later. */
  read: () => void;
  /** Forgets the code that has run and walks the way to the signal, which is in memory then and locked. Never rejects. */
  settle: () => Promise<void>;
  /** Keeps the code that is in memory now; returns what gives all other code back, where that can be done. May throw. */
  keep: () => (() => void) | undefined;
  /** A whole collection of the heap. */
  collect: () => void;
  monotonicMs: () => number;
}

/** Since the start. By the first the first ticks have run, so what the loop needs is known to the kernel as in use. */
const settleMs = 3000;
/** By then all is open and compiled, and what the start needed is needed no more: 6 MB. */
const againMs = 15_000;
/** From then on: the rounds of 4, 5 and 10 s have come, and the compiler has not, which needs 5 MB now and then. */
const keepMs = 10_500;
/** What looks once a minute needs 7 MB of code for some 100 ms. */
const giveBackMs = 20_000;
/**
 * What short work leaves behind goes with each collection of JavaScriptCore's, what has grown old with a whole one alone:
 * without any of our own + 50 KiB a minute at 50 ticks a second. One takes about 10 ms.
 */
const collectMs = 5 * 60_000;

export function createRest({ read, settle, keep, collect, monotonicMs }: RestOptions): Rest {
  const beganMs = monotonicMs();
  const first = setTimeout(() => {
    read();
    void settle();
  }, settleMs);
  let collectedMs = beganMs;
  let doneMs = beganMs;
  let stage: "started" | "settling" | "settled" | "kept" = "started";
  let giveBack: (() => void) | undefined;
  const next = (ms: number) => {
    const isDue = monotonicMs() - doneMs >= ms;
    if (isDue) doneMs = monotonicMs();
    return isDue;
  };
  const settleAgain = async () => {
    stage = "settling";
    collect();
    await settle();
    stage = "settled";
  };
  const keepIfPossible = () => {
    try {
      return keep();
    } catch {
      // Without a descriptor for it everything stays.
      return undefined;
    }
  };
  return {
    look({ isQuiet }) {
      if (monotonicMs() - collectedMs >= collectMs) {
        collectedMs = monotonicMs();
        collect();
      }
      // Code that a rescue has run, or may be about to, stays.
      if (!isQuiet) return;
      if (stage === "started" && next(againMs)) void settleAgain();
      else if (stage === "settled" && next(keepMs)) {
        stage = "kept";
        giveBack = keepIfPossible();
      } else if (stage === "kept" && next(giveBackMs)) giveBack?.();
    },
    stop: () => clearTimeout(first),
  };
}
