/** Incidents that an earlier agent could not finish: it was killed, its container ended, the host went down (facts 3.9). */

import { failed, type Outcome, skipped } from "../../core/action.ts";
import type { Moment } from "../../core/clock.ts";
import { type DumpFile, dumpVerdict } from "../../core/dump-verdict.ts";
import type { Ender } from "../../core/ender.ts";
import { describeError } from "../../core/errors.ts";
import { type BegunDump, type IncidentSummary, summariseIncident } from "../../core/incident.ts";
import { findCrashDumpTarget, holdTarget, searchOf } from "../../linux/crash-dump-path.ts";
import { sha256Of } from "../../linux/dump-file.ts";
import type { FileWork } from "../../linux/file-work.ts";
import { type DumpAge, findDumpFile } from "../../linux/find-dump.ts";
import { type Core, readCore } from "../../linux/nso.ts";
import { killLineOf, readOomLines } from "../../linux/oom-evidence.ts";
import { openProcess } from "../../linux/process-handle.ts";
import { readBootId } from "../../linux/procfs.ts";
import { askUnit } from "../../linux/unit.ts";
import { readUptimeMs } from "../../linux/uptime.ts";
import type { CoreRegister } from "../../record/core-register.ts";
import type { Incidents } from "../../record/incident.ts";
import { incidentAt, incidentIds } from "../../record/incident-log.ts";
import type { ActionRun, IncidentContext } from "../action-context.ts";
import type { Host } from "../host.ts";
import { dumpHints } from "../target.ts";
import { followDump } from "./crash-dump.ts";
import { createCriticalCheck } from "./critical-check.ts";
import { corePort, dumpPort, dumpReadOf, makeRoom, recordPort, sharedEndOf } from "./host-ports.ts";
import type { FollowedDump } from "./ports.ts";
import { wordsBehind } from "./read-dump.ts";
import { unshield } from "./shield.ts";
import { putBackHighs, throttleOf } from "./throttle.ts";

/** No signal waits for this one: a slow disk may take its time. */
const recordSyncMsMax = 1000;

export interface Unfinished {
  id: string;
  begun: BegunDump;
}

/** Older ones stay as they are. */
const incidentsMax = 20;

function* newestIncidents(incidentsDir: string): FileWork<({ id: string } & IncidentSummary)[]> {
  const summaries: ({ id: string } & IncidentSummary)[] = [];
  for (const id of (yield* incidentIds(incidentsDir)).slice(0, incidentsMax)) {
    const incident = yield* incidentAt(incidentsDir, id);
    summaries.push({ ...summariseIncident(id, incident?.steps ?? []), id });
  }
  return summaries;
}

/** Those of the newest incidents whose crash dump was begun and has no verdict. */
export function* findUnfinished(incidentsDir: string): FileWork<Unfinished[]> {
  return (yield* newestIncidents(incidentsDir)).flatMap(({ id, state, begun }) =>
    state === "unfinished" && begun ? [{ id, begun }] : [],
  );
}

/** Those whose core outlived the watch of its dump: it may have been finished after all, or may still be. */
export function* findSurvived(incidentsDir: string): FileWork<Unfinished[]> {
  return (yield* newestIncidents(incidentsDir)).flatMap(({ id, verdict, begun }) =>
    verdict === "survived" && begun ? [{ id, begun }] : [],
  );
}

/** The core of a begun dump, when it still lives: it is writing, or stuck. */
export function liveCore(procDir: string, { pid, startTicks, bootId }: BegunDump): Core | undefined {
  if (bootId !== readBootId(procDir)) return undefined;
  const core = readCore(procDir, pid);
  return core?.startTicks === startTicks ? core : undefined;
}

/** SIGUSR1 went out to this very core before, whatever came of it: a second one would be one too many. */
export function* wasSignalled(incidentsDir: string, procDir: string, core: Core): FileWork<boolean> {
  const bootId = readBootId(procDir);
  return (yield* newestIncidents(incidentsDir)).some(
    ({ begun }) =>
      begun?.sent &&
      begun.pid === core.pid &&
      begun.startTicks === core.startTicks &&
      begun.bootId === bootId,
  );
}

/** The verdict goes into the incident. Never throws. */
export async function finishUnfinished(
  context: Omit<IncidentContext, "incident"> & Pick<ActionRun, "note" | "survived">,
  { incidents, register }: { incidents: Incidents; register: Pick<CoreRegister, "wasSignalled"> },
  unfinished: Unfinished,
): Promise<Outcome> {
  const incident = incidents.open(unfinished.id);
  try {
    return await finishIncident({ ...context, incident }, register, unfinished);
  } catch (error) {
    return failed(describeError(error));
  } finally {
    incident.close();
  }
}

/** Watches it on when its core still writes, else judges by what is on disk. */
async function finishIncident(
  context: IncidentContext & Pick<ActionRun, "note" | "survived">,
  register: Pick<CoreRegister, "wasSignalled">,
  { id, begun }: Unfinished,
): Promise<Outcome> {
  const { incident, host } = context;
  incident.record(host.wallMs(), { step: "resumed", pid: process.pid });
  const core = liveCore(host.roots.procDir, begun);
  if (!core) {
    await putBack(context, begun);
    return await judgeRemains(context, begun, await remainsOf(begun));
  }
  // An agent that was killed in the same moment could not put it into the incident; the register has it before.
  if (!begun.sent && !(await register.wasSignalled(core))) {
    const reason = "the agent ended before the signal, and the core lives";
    await putBack(context, begun);
    incident.record(host.wallMs(), { step: "signal-withheld", reason });
    return skipped(`incident ${id}: ${reason}`);
  }
  host.journal.action(
    `incident ${id}: NSO (PID ${core.pid}) is still writing its crash dump; watching it on`,
    "warning",
  );
  return await watchOn(context, begun, core);
}

/** For a core that was not signalled, and for what outlived one. After a reboot the numbers of processes are others'. */
async function putBack(context: IncidentContext, begun: BegunDump): Promise<void> {
  const { procDir } = context.host.roots;
  if (begun.bootId === readBootId(procDir)) unshield(procDir, begun.changes);
  await putBackHighs(context, begun.highs);
}

async function watchOn(
  context: IncidentContext & Pick<ActionRun, "note" | "survived">,
  begun: BegunDump,
  core: Core,
): Promise<Outcome> {
  const { config, host, stop, note, survived } = context;
  const { procDir } = host.roots;
  const handle = openProcess(procDir, core);
  // The signal is out: a child holds up nothing.
  const answer = await askUnit(procDir, core.pid, stop);
  const unit = "unit" in answer ? answer.unit : undefined;
  // Read anew: the core may run in mounts of its own.
  const held = await holdTarget(findCrashDumpTarget(procDir, core, dumpHints(config)));
  const world: FollowedDump = {
    core: corePort(context, core, handle),
    dump: dumpPort(context, {
      search: () => searchOf(held),
      known: () => knownOf(begun),
      skewMs: () => 0,
    }),
    memory: {
      isCritical: createCriticalCheck({ config, host, reading: begun, core }),
      sharedEnd: () => sharedEndOf(context, core, unit),
      unshield: () => unshield(procDir, begun.changes),
      makeRoom: (why) => makeRoom(context, core, why),
      ...throttleOf(context, core, begun.highs),
    },
    record: recordPort(context),
    policy: config.crash_dump,
    progress: { stop, note, survived },
  };
  try {
    return await followDump(world, sentMoment(begun, host), begun.doubts);
  } finally {
    handle?.close();
    await held.release();
  }
}

/** A record that does not say how long ago it was may be of any time: it is watched as if it had just begun. */
function sentMoment({ atMs, uptimeMs }: BegunDump, { roots, monotonicMs }: Host): Moment {
  const agoMs = uptimeMs === null ? 0 : Math.max(0, readUptimeMs(roots.procDir) - uptimeMs);
  return { wallMs: atMs, monotonicMs: monotonicMs() - agoMs };
}

/** The dump of a core that has ended, by its places as they were recorded. */
export function remainsOf(begun: BegunDump): Promise<DumpFile | undefined> {
  const places = begun.places.map((path) => ({ path, reach: path }));
  return findDumpFile({ places, alike: begun.alike }, ageOf(begun));
}

/** Which files are newer than the signal. */
export function ageOf({ known, atMs }: BegunDump): DumpAge {
  return known ? { known: new Set(known) } : { sinceMs: atMs };
}

function knownOf({ known }: BegunDump): ReadonlySet<string> | undefined {
  return known ? new Set(known) : undefined;
}

/** Writes the verdict on what a core left that has ended. */
export async function judgeRemains(
  context: IncidentContext,
  begun: BegunDump,
  dump: DumpFile | undefined,
): Promise<Outcome> {
  const { incident, host, stop } = context;
  const { roots, wallMs } = host;
  const sameBoot = begun.bootId === readBootId(roots.procDir);
  const sinceUptimeMs = begun.uptimeMs ?? readUptimeMs(roots.procDir) - (wallMs() - begun.atMs);
  const oomKill = sameBoot ? killLineOf(begun.pid, sinceUptimeMs - 1000, readOomLines() ?? []) : undefined;
  const ender: Ender | undefined =
    oomKill === undefined ? undefined : { who: "the OOM killer", line: oomKill };
  const doubts = sameBoot ? begun.doubts : [...begun.doubts, "the host was started anew since"];
  const verdict = dumpVerdict({ coreEnded: true, dump, ender, doubts });
  incident.record(wallMs(), {
    step: "verdict",
    ...verdict,
    coreEnded: true,
    dump: dump ?? null,
    finishedLater: true,
  });
  if (oomKill !== undefined) incident.record(wallMs(), { step: "oom-kill", line: oomKill });
  await incident.sync(recordSyncMsMax);
  const { outcome, message } = verdict;
  if (!dump) return { outcome, message, files: [] };
  const { path } = dump;
  const [sha256, says] = await Promise.all([
    sha256Of(path, stop),
    dumpReadOf(context)({ path, reach: path, part: "whole", mayGoOn: () => true }),
  ]);
  incident.record(wallMs(), { step: "checksum", path, sha256: sha256 ?? null });
  const sum = sha256 === undefined ? "" : `, SHA-256 ${sha256}`;
  return { outcome, message: `${message}${sum}${wordsBehind(says)}`, files: [path] };
}
