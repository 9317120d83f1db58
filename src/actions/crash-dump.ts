/** The crash dump: verify, record, signal, watch, verdict. The signal is SIGUSR1 and goes out once. */

import type { Outcome } from "../core/action.ts";
import { formatDuration, formatKib } from "../core/units.ts";

/** What the state machine needs of the world, so that each step can be tested without an NSO to kill. */
export interface CrashDumpOptions {
  pid: number;
  /** Still the process it was found as: same start time, still NSO's arguments. Asked right before the signal. */
  isSameCore: () => boolean;
  /** Alive by its start time; a zombie is not. */
  isAlive: () => boolean;
  /** Sends SIGUSR1; false when it was refused or the process is gone. */
  sendSignal: () => boolean;
  record: (step: string, facts?: Record<string, unknown>) => void;
  /** Waits until the record is on disk, bounded; false when it was not done in time. */
  syncRecord: () => Promise<boolean>;
  /** The dump as it stands now, undefined while there is none. */
  findDump: (
    sinceMs: number,
  ) => { path: string; bytes: number; ending: "complete" | "cut" | "empty" } | undefined;
  doubts: readonly string[];
  timeoutMs: number;
  now: () => number;
  onSent: () => void;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

const pollMs = 50;
const progressMs = 5000;

/** Makes NSO write its crash dump and tells what came of it. Never throws and never sends SIGKILL. */
export async function crashDump(options: CrashDumpOptions): Promise<Outcome> {
  const { pid, record } = options;
  record("signal-intended", { pid, signal: "SIGUSR1", doubts: options.doubts });
  const synced = await options.syncRecord();
  // Verified here, in the line above the irreversible: the wait for the disk was time enough to end and be replaced.
  const sentAtMs = options.now();
  if (!options.isSameCore()) {
    record("signal-withheld", { reason: "not the same process any more" });
    return {
      outcome: "failed",
      message: `no signal sent: PID ${pid} is not the NSO core any more`,
      files: [],
    };
  }
  if (!options.sendSignal()) {
    record("signal-refused", { pid });
    return {
      outcome: "failed",
      message: `SIGUSR1 to PID ${pid} was refused; run nsomem as root or as NSO's user`,
      files: [],
    };
  }
  record("signal-sent", { pid, signal: "SIGUSR1", recordSynced: synced });
  options.onSent();
  options.onProgress(`SIGUSR1 sent to NSO (PID ${pid}); waiting for its crash dump`);
  const ended = await watch(options, sentAtMs);
  return verdict(options, { ended, sentAtMs });
}

/** True when the core ended within the deadline. */
async function watch(options: CrashDumpOptions, sentAtMs: number): Promise<boolean> {
  let toldAtMs = sentAtMs;
  while (options.isAlive()) {
    const nowMs = options.now();
    if (nowMs - sentAtMs > options.timeoutMs || options.signal.aborted) return false;
    if (nowMs - toldAtMs >= progressMs) {
      toldAtMs = nowMs;
      const dump = options.findDump(sentAtMs);
      options.onProgress(
        `crash dump: ${dump ? `${formatKib(dump.bytes / 1024)} written` : "nothing written yet"}`,
      );
    }
    await Bun.sleep(pollMs);
  }
  return true;
}

function verdict(
  options: CrashDumpOptions,
  { ended, sentAtMs }: { ended: boolean; sentAtMs: number },
): Outcome {
  const tookMs = options.now() - sentAtMs;
  const dump = options.findDump(sentAtMs);
  const took = formatDuration(tookMs);
  const size = dump ? formatKib(dump.bytes / 1024) : "";
  const files = dump ? [dump.path] : [];
  options.record("verdict", { coreEnded: ended, tookMs, dump: dump ?? null });
  if (!ended && options.signal.aborted)
    return {
      outcome: "partial",
      message: `SIGUSR1 sent; the agent was stopped ${took} later, NSO still running`,
      files,
    };
  if (!ended)
    return { outcome: "failed", message: `NSO survived: still running ${took} after SIGUSR1`, files };
  if (!dump) {
    const why =
      options.doubts.length > 0 ? options.doubts.join("; ") : "none of the expected files was written";
    return {
      outcome: "failed",
      message: `NSO ended ${took} after SIGUSR1 without a crash dump: ${why}`,
      files,
    };
  }
  if (dump.ending !== "complete")
    return {
      outcome: "partial",
      message: `crash dump cut after ${took}: ${dump.path} (${size}) has no end mark`,
      files,
    };
  return { outcome: "done", message: `crash dump complete after ${took}: ${dump.path} (${size})`, files };
}
