/** The deed `crash-dump`: the state machine of src/actions/crash-dump.ts, wired to this core and this incident. */

import { crashDump } from "../actions/crash-dump.ts";
import type { Outcome } from "../core/action.ts";
import { findDumpFile } from "../linux/crash-dump-path.ts";
import { isSameCore } from "../linux/nso.ts";
import { isAlive } from "../linux/procfs.ts";
import type { DeedContext } from "./deed.ts";
import { sendUsr1 } from "./target.ts";

// The record is on disk in 1–10 ms on a healthy one; a stalled one must not hold back the signal for longer.
const recordSyncMsMax = 50;

export async function takeCrashDump(context: DeedContext): Promise<Outcome> {
  const { action, config, target, incident, procDir, journal, now } = context;
  if (target.signalled)
    return { outcome: "skipped", message: "SIGUSR1 was sent to this core already", files: [] };
  target.signalled = true;
  incident.record({ atMs: now(), step: "critical", reading: action.reading, argv: target.core.argv });
  return await crashDump({
    pid: target.core.pid,
    isSameCore: () => isSameCore(procDir, target.core),
    isAlive: () => isAlive(procDir, target.core),
    sendSignal: () => sendUsr1(target),
    record: (step, facts) => incident.record({ atMs: now(), step, ...facts }),
    syncRecord: () => incident.sync(recordSyncMsMax),
    findDump: (sinceMs) => findDumpFile(target.dump.candidates, sinceMs),
    doubts: target.dump.doubts,
    timeoutMs: config.crash_dump.timeout,
    now,
    onSent: context.begun,
    onProgress: (text) => journal.deed(text, "warning"),
    signal: context.signal,
  });
}
