/** What a command does for longer than a moment: its progress is shown, and ^C leaves nothing half written. */

import { removePartials } from "../linux/replace-file.ts";
import { openProgress, type ProgressOptions } from "../ui/progress.ts";

/** So much is done. Waits now and then, so that a signal is heard. */
export type Step = (done: number) => Promise<void>;

/** A signal is heard this soon. */
const turnMs = 100;

export async function longWork<T>(options: ProgressOptions, work: (step: Step) => Promise<T>): Promise<T> {
  const progress = openProgress(options);
  const stopListening = endOnSignal(progress.end);
  let turnedMs = performance.now();
  try {
    return await work(async (done) => {
      progress.at(done);
      if (performance.now() - turnedMs < turnMs) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
      turnedMs = performance.now();
    });
  } finally {
    stopListening();
    progress.end();
  }
}

/** The process ends by the signal itself, as its caller expects, once it has cleaned up. */
function endOnSignal(cleanUp: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = signals.map((signal) => {
    const onSignal = () => {
      stop();
      cleanUp();
      removePartials();
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
    return { signal, onSignal };
  });
  const stop = () => {
    for (const { signal, onSignal } of listeners) process.off(signal, onSignal);
  };
  return stop;
}
