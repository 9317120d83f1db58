/**
 * One piece of file work after another. Each place that files are kept in has a lane of its own, so that one which does
 * not answer (a frozen file system, a server that is gone) holds up one call, and nobody else's (facts 4.28).
 */

import { describeError } from "../core/errors.ts";
import { doLater, type FileWork } from "../linux/file-work.ts";

export interface Lane {
  /** Does the work when all that was asked for before is done. Rejects with what it throws. */
  do<T>(work: () => FileWork<T>): Promise<T>;
  /** For how long (ms) the work under way has had no answer; 0 where there is none. */
  hangingMs(): number;
}

export interface Lanes {
  /** Of a directory: the same for all that is kept there. */
  of(directory: string): Lane;
  /** The directories that have owed an answer for longer than a disk under load takes to a last line. */
  waiting(): string[];
}

const answerMsMax = 250;

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  return {
    of(directory) {
      const lane = lanes.get(directory) ?? createLane();
      lanes.set(directory, lane);
      return lane;
    },
    waiting: () =>
      [...lanes].flatMap(([directory, lane]) => (lane.hangingMs() > answerMsMax ? [directory] : [])),
  };
}

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  let begunMs: number | undefined;
  const run = async <T>(work: () => FileWork<T>): Promise<T> => {
    begunMs = performance.now();
    try {
      return await doLater(work());
    } finally {
      begunMs = undefined;
    }
  };
  return {
    do(work) {
      const done = last.then(() => run(work));
      last = done.catch(() => undefined);
      return done;
    },
    hangingMs: () => (begunMs === undefined ? 0 : performance.now() - begunMs),
  };
}

/** Work that is done again whenever there is something new for it, and once more later where it failed. */
export interface Drain {
  /** There is something to do. Returns at once. */
  wake(): void;
  /** Waits until nothing is left to do, at most `msMax`. What failed is tried once more now. False: something is left. */
  settle(msMax: number): Promise<boolean>;
  /** Why something is left to do for now; undefined: it is done, or under way. */
  trouble(): string | undefined;
}

/** A disk that was full is not hammered, and what waits for it is written soon after there is room. */
const retryMs = 1000;
/** From here on no answer is a trouble of its own: a disk under load takes this long. */
const silentMsMax = 3000;

/**
 * `work` takes what there is and throws where something of it is left. What comes within `gatherMs` is done in one go: each
 * call costs the agent's thread 0.1 ms.
 */
export function createDrain(lane: Lane, work: () => FileWork<void>, { gatherMs = 0 } = {}): Drain {
  let isWanted = false;
  let running: Promise<void> | undefined;
  /** Until it is tried again, or enough is gathered. */
  let pause: Timer | undefined;
  let failure: string | undefined;
  const pauseFor = (ms: number) => {
    pause = setTimeout(begin, ms);
    // The end of the program does not wait for a disk.
    pause.unref();
  };
  const begin = () => {
    pause = undefined;
    running ??= run().finally(() => {
      running = undefined;
      if (isWanted && pause === undefined) begin();
    });
  };
  const run = async () => {
    isWanted = false;
    try {
      await lane.do(work);
      failure = undefined;
    } catch (error) {
      failure = describeError(error);
      isWanted = true;
      pauseFor(retryMs);
    }
  };
  return {
    wake() {
      isWanted = true;
      if (pause !== undefined || running !== undefined) return;
      if (gatherMs > 0) pauseFor(gatherMs);
      else begin();
    },
    async settle(msMax) {
      clearTimeout(pause);
      pause = undefined;
      const endsMs = performance.now() + msMax;
      if (isWanted) begin();
      while (running !== undefined && pause === undefined) {
        const leftMs = endsMs - performance.now();
        if (leftMs <= 0) return false;
        await Promise.race([running, Bun.sleep(leftMs)]);
      }
      return !isWanted;
    },
    trouble() {
      if (failure !== undefined) return failure;
      const hangingMs = lane.hangingMs();
      return running !== undefined && hangingMs > silentMsMax
        ? `the file system has not answered for ${Math.round(hangingMs / 1000)} s`
        : undefined;
    },
  };
}
