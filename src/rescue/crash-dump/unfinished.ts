/** Incidents that an earlier agent could not finish: it was killed, its container ended, the host went down (facts 3.9). */

import type { Outcome } from "../../core/action.ts";
import { dumpVerdict } from "../../core/dump-verdict.ts";
import { type BegunDump, summariseIncident } from "../../core/incident.ts";
import { confFileOf } from "../../core/nso.ts";
import { findCrashDumpTarget, holdTarget } from "../../linux/crash-dump-path.ts";
import { findDumpFile, type ReachablePlace, sha256Of } from "../../linux/dump-file.ts";
import { type Core, isSameCore } from "../../linux/nso.ts";
import { killLineOf, readOomLines, readUptimeMs } from "../../linux/oom-evidence.ts";
import { readBootId } from "../../linux/procfs.ts";
import { listIncidents, readIncident } from "../../record/incident-log.ts";
import { createCriticalCheck } from "../critical-check.ts";
import { followDump } from "./crash-dump.ts";
import { dumpWatchOf, type FollowContext } from "./follow-dump.ts";
import { unshield } from "./shield.ts";

export interface Unfinished {
  id: string;
  begun: BegunDump;
}

/** Older ones stay as they are: whoever wants them reads them. */
const incidentsMax = 20;

/** Those of the newest incidents whose crash dump was begun and has no verdict. */
export function findUnfinished(incidentsDir: string): Unfinished[] {
  return listIncidents(incidentsDir)
    .slice(0, incidentsMax)
    .flatMap((id) => {
      const { state, begun } = summariseIncident(id, readIncident(incidentsDir, id)?.steps ?? []);
      return state === "unfinished" && begun ? [{ id, begun }] : [];
    });
}

/** The core of a begun dump, when it still lives: it is writing, or stuck. */
function liveCore(procDir: string, { pid, startTicks, bootId, argv }: BegunDump): Core | undefined {
  if (bootId !== readBootId(procDir)) return undefined;
  const core = { pid, startTicks, name: "", argv, confFile: confFileOf(argv) };
  return isSameCore(procDir, core) ? core : undefined;
}

/** SIGUSR1 went out to this very core before, whatever came of it: a second one would be one too many. */
export function wasSignalled(incidentsDir: string, procDir: string, core: Core): boolean {
  const bootId = readBootId(procDir);
  return listIncidents(incidentsDir)
    .slice(0, incidentsMax)
    .some((id) => {
      const { begun } = summariseIncident(id, readIncident(incidentsDir, id)?.steps ?? []);
      return (
        begun?.sent &&
        begun.pid === core.pid &&
        begun.startTicks === core.startTicks &&
        begun.bootId === bootId
      );
    });
}

/** Watches it on when its core still writes, else judges by what is on disk; the verdict goes into the incident. */
export async function finishIncident(context: FollowContext, { id, begun }: Unfinished): Promise<Outcome> {
  const { incident, roots, journal, now, config } = context;
  const record = (step: string, facts?: Record<string, unknown>) =>
    void incident.record({ atMs: now(), step, ...facts });
  record("resumed", { pid: process.pid });
  const places: ReachablePlace[] = begun.places.map((path) => ({ path, reach: path }));
  const core = liveCore(roots.procDir, begun);
  if (!core) return await judgeRemains(context, begun, places, record);
  if (!begun.sent) {
    const reason = "the agent ended before the signal, and the core lives";
    record("signal-withheld", { reason });
    return { outcome: "skipped", message: `incident ${id}: ${reason}`, files: [] };
  }
  journal.deed(
    `incident ${id}: NSO (PID ${core.pid}) is still writing its crash dump; watching it on`,
    "warning",
  );
  const isCritical = createCriticalCheck({ config, roots, now, reading: begun, pid: core.pid });
  // Read anew: the core may run in mounts of its own.
  const hints = { crashDump: config.nso.crash_dump, runDir: config.nso.run_dir };
  const held = await holdTarget(findCrashDumpTarget(roots.procDir, core, hints));
  const watch = dumpWatchOf(context, { core, places: () => held.places, record, isCritical });
  const unshieldCore = () => unshield(roots.procDir, begun.changes);
  return await followDump({ ...watch, unshield: unshieldCore }, begun.atMs, begun.doubts).finally(
    held.release,
  );
}

async function judgeRemains(
  { incident, roots, now, signal }: FollowContext,
  begun: BegunDump,
  places: readonly ReachablePlace[],
  record: (step: string, facts: Record<string, unknown>) => void,
): Promise<Outcome> {
  const dump = await findDumpFile(places, begun.atMs);
  const sameBoot = begun.bootId === readBootId(roots.procDir);
  const sinceUptimeMs = readUptimeMs(roots.procDir) - (now() - begun.atMs);
  const oomKill = sameBoot ? killLineOf(begun.pid, sinceUptimeMs - 1000, readOomLines() ?? []) : undefined;
  const doubts = sameBoot ? begun.doubts : [...begun.doubts, "the host was started anew since"];
  const verdict = dumpVerdict({ coreEnded: true, dump, oomKill, doubts });
  record("verdict", { ...verdict, coreEnded: true, dump: dump ?? null, finishedLater: true });
  if (oomKill !== undefined) record("oom-kill", { line: oomKill });
  await incident.sync(1000);
  const { outcome, message } = verdict;
  if (!dump) return { outcome, message, files: [] };
  const sha256 = await sha256Of(dump.path, signal);
  record("checksum", { path: dump.path, sha256: sha256 ?? null });
  return { outcome, message: sha256 ? `${message}, SHA-256 ${sha256}` : message, files: [dump.path] };
}
