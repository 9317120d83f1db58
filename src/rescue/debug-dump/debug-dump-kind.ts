/** The action `debug-dump`: finds `ncs` and takes NSO's debug dumps into the incident's directory. */

import { failed, type Outcome, skipped } from "../../core/action.ts";
import { confFileReach } from "../../linux/conf-file.ts";
import { openHandover } from "../../linux/handover.ts";
import { findNcs } from "../../linux/ncs-command.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import { childOomScoreAdj } from "../../linux/oom-daemons.ts";
import { readOomScoreAdj, writeOomScoreAdj } from "../../linux/oom-score.ts";
import { isAlive } from "../../linux/procfs.ts";
import { ownProcDir } from "../../linux/roots.ts";
import type { ActionKindEntry, CoreActionContext } from "../action-context.ts";
import { collectHostState } from "../evidence/host-state.ts";
import { noteNsoActed } from "../evidence/nso-acted.ts";
import { dumpRoomFor } from "./dump-room.ts";
import { takeDumpSeries } from "./dump-series.ts";

declare module "../../core/action.ts" {
  interface ActionKinds {
    "debug-dump": object;
  }
}

export const debugDumpKind: ActionKindEntry = {
  takesPath: false,
  needsCore: true,
  irreversible: false,
  sendsSignal: false,
  cooldownPer: "memory-kind",
  cooldownMs: ({ debug_dump }) => debug_dump.cooldown,
  perform: (context) => takeDebugDumps(context, { count: context.config.debug_dump.count, isLast: false }),
};

// Above NSO's: when the kernel must choose, it takes the dump command and not the one being dumped.
const raisedOomScoreAdj = 800;
const oomScoreAdjMax = 1000;

/** `isLast`: in the place of a crash dump that cannot be. */
export async function takeDebugDumps(
  context: CoreActionContext,
  { count, isLast }: { count: number; isLast: boolean },
): Promise<Outcome> {
  const { action, config, target, incident, host } = context;
  const { core } = target;
  const { confFile } = core;
  const isDeferred = confFile !== undefined && config.debug_dump.defer_to_nso;
  if (isDeferred && (await readMemorySection(confFileReach(host.roots.procDir, core)))) {
    incident.record(host.wallMs(), { step: "debug-dump-deferred", confFile });
    await noteNsoActed(context);
    return skipped(`left to NSO: ${confFile} has a memory-management section (debug_dump.defer_to_nso)`);
  }
  context.run.begun();
  incident.record(host.wallMs(), { step: "debug-dump-begun", reading: action.reading, pid: core.pid });
  const dumps = runSeries(context, { count, isLast });
  // Beside the first dump, which takes its time.
  const evidence = action.level === "warning" ? collectHostState(context, "warning") : undefined;
  const outcome = await dumps;
  await evidence;
  if (outcome.files.length === 0) context.run.undone();
  await noteNsoActed(context);
  incident.record(host.wallMs(), { step: "debug-dump-ended", ...outcome });
  return outcome;
}

async function runSeries(
  context: CoreActionContext,
  { count, isLast }: { count: number; isLast: boolean },
): Promise<Outcome> {
  const { config, target, incident, host, stop } = context;
  const { core, user } = target;
  const { procDir } = host.roots;
  if (incident.isSilent())
    return failed(`no debug dump: ${incident.dir} does not answer: its file system hangs`);
  if (!user) return failed(`no debug dump: NSO (PID ${core.pid}) ended before it was looked at`);
  const found = findNcs({ configured: config.nso.command, core: user });
  if ("complaint" in found) return failed(`no debug dump: ${found.complaint}`);
  const { ncs } = found;
  const coreAdj = readOomScoreAdj(procDir, core.pid) ?? 0;
  const aboveCore = Math.min(oomScoreAdjMax, Math.max(raisedOomScoreAdj, coreAdj + 1));
  const childAdj = childOomScoreAdj(target.outlook.around()?.daemons ?? [], aboveCore);
  const handover = await openHandover(incident.dir, ncs.runAs);
  try {
    return await takeDumpSeries({
      plan: { count, intervalMs: config.debug_dump.interval, timeoutMs: config.debug_dump.timeout },
      ...{ ncs, handover, stop, dir: incident.dir, room: dumpRoomFor(context, { isLast }) },
      onChild: (pid) => void writeOomScoreAdj(ownProcDir, pid, childAdj),
      isCoreAlive: () => isAlive(procDir, core) && !target.signal.isSpent(),
      onProgress: (text) => host.journal.action(text),
    });
  } finally {
    await handover.close();
  }
}
