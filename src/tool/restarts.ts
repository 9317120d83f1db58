/** When the tool is started anew: each delay is twice the one before. */

export interface Restarts {
  count(): number;
  /** A run begins. */
  begin(): void;
  /** The run has ended: plans the next start, and returns in how many ms it comes. */
  plan(): number;
  cancel(): void;
}

// A tool that dies at once must not become a fork loop; one that ran for a minute is forgiven.
const delayMsMin = 250;
const delayMsMax = 30_000;
const forgivenAfterMs = 60_000;

export function createRestarts(start: () => void): Restarts {
  let count = 0;
  let begunMs = 0;
  let nextMs = delayMsMin;
  let timer: Timer | undefined;
  return {
    count: () => count,
    begin() {
      begunMs = performance.now();
    },
    plan() {
      const isForgiven = performance.now() - begunMs > forgivenAfterMs;
      const delayMs = isForgiven ? delayMsMin : nextMs;
      nextMs = Math.min(delayMsMax, delayMs * 2);
      timer = setTimeout(() => {
        count++;
        start();
      }, delayMs);
      return delayMs;
    },
    cancel: () => clearTimeout(timer),
  };
}
