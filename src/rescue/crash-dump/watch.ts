/** From the signal to the end of the core: progress told, memory watched, room made while the dump is written. */

import type { DumpFile } from "../../core/dump-verdict.ts";
import { formatDuration, formatKib } from "../../core/units.ts";

export interface DumpWatch {
  /** Alive by its start time; a zombie is not. */
  isAlive: () => boolean;
  /** What the live core is doing, where that is not simply running: "stopped (T)". */
  coreState: () => string | undefined;
  /** A fresh measurement: memory is still critical on the ceiling that binds. */
  isCritical: () => boolean;
  /** Ends the VMs beside the core; absent: never. Asked at most once in `shedEveryMs`. */
  shed?: (() => Promise<void>) | undefined;
  /** The dump as it stands now, undefined while there is none. */
  findDump: (sinceMs: number) => Promise<DumpFile | undefined>;
  /** The kernel's line about the end of the core, where it killed it. */
  findOomKill: (sinceMs: number) => string | undefined;
  sha256: (path: string) => Promise<string | undefined>;
  /** Copies a dump that goes away with the core's container; the copy's path, undefined where none is needed. */
  preserve: (path: string) => Promise<string | undefined>;
  record: (step: string, facts?: Record<string, unknown>) => void;
  syncRecord: () => Promise<boolean>;
  /** SIGKILL, only where the operator configured it. */
  kill?: (() => boolean) | undefined;
  timeoutMs: number;
  now: () => number;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

const pollMs = 50;
const progressMs = 5000;
const recordEveryMs = 1000;
/** After this long VMs are looked for again: NSO may have restarted one, or one was missed. */
const shedEveryMs = 5000;
const killGraceMs = 5000;

/** True when the core ended, false when it still lives at the deadline, undefined when the agent was stopped. */
export async function watchDump(options: DumpWatch, sentAtMs: number): Promise<boolean | undefined> {
  const lookAtFile = fileWatch(options, sentAtMs);
  let shedAtMs = Number.NEGATIVE_INFINITY;
  let killedAtMs: number | undefined;
  while (options.isAlive()) {
    const nowMs = options.now();
    if (options.signal.aborted) return undefined;
    if (nowMs - sentAtMs > options.timeoutMs) {
      if (!options.kill || (killedAtMs !== undefined && nowMs - killedAtMs > killGraceMs)) return false;
      if (killedAtMs === undefined) {
        killedAtMs = nowMs;
        options.record("sigkill", { sent: options.kill(), configured: "crash_dump.kill" });
      }
    }
    if (options.shed && nowMs - shedAtMs >= shedEveryMs && options.isCritical()) {
      shedAtMs = nowMs;
      // Not awaited: SIGKILL follows after 2 s, and the watch goes on meanwhile.
      options.shed().catch((error: unknown) => options.record("shed-failed", { reason: String(error) }));
    }
    lookAtFile(nowMs);
    await Bun.sleep(pollMs);
  }
  return true;
}

/** Tells how the file grows. Never awaited: on a dead mount it answers never, and room must still be made. */
function fileWatch(options: DumpWatch, sentAtMs: number): (nowMs: number) => void {
  let toldAtMs = sentAtMs;
  let lookedAtMs = sentAtMs;
  let bytes = -1;
  let looking = false;
  return (nowMs) => {
    if (looking || nowMs - lookedAtMs < recordEveryMs) return;
    lookedAtMs = nowMs;
    looking = true;
    void options
      .findDump(sentAtMs)
      .then((dump) => {
        looking = false;
        if (dump && dump.bytes !== bytes) options.record("growing", { bytes: dump.bytes, path: dump.path });
        bytes = dump?.bytes ?? bytes;
        if (nowMs - toldAtMs < progressMs) return;
        toldAtMs = nowMs;
        const written = dump ? `${formatKib(dump.bytes / 1024)} written` : "nothing written yet";
        options.onProgress(`crash dump: ${written} after ${formatDuration(nowMs - sentAtMs)}`);
      })
      .catch(() => {
        looking = false;
      });
  };
}
