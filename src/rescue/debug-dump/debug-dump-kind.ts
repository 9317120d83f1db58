/** The action `debug-dump`: finds `ncs` and takes NSO's debug dumps into the incident's directory. */

import { failed, type Outcome, skipped } from "../../core/action.ts";
import { findNcs } from "../../linux/ncs-command.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import { readOomScoreAdj, writeOomScoreAdj } from "../../linux/oom-score.ts";
import { isAlive } from "../../linux/procfs.ts";
import { ownProcDir } from "../../linux/roots.ts";
import type { ActionKindEntry, CoreActionContext } from "../action-context.ts";
import { collectHostState } from "../evidence/host-state.ts";
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
  perform: (context) => takeDebugDumps(context, { count: context.config.debug_dump.count }),
};

// Above NSO's: when the kernel must choose, it takes the dump command and not the one being dumped.
const childOomScoreAdj = 800;
const oomScoreAdjMax = 1000;

export async function takeDebugDumps(
  context: CoreActionContext,
  { count }: { count: number },
): Promise<Outcome> {
  const { action, config, target, incident, host } = context;
  const { core } = target;
  const { confFile } = core;
  if (confFile !== undefined && config.debug_dump.defer_to_nso && (await readMemorySection(confFile))) {
    incident.record(host.now(), { step: "debug-dump-deferred", confFile });
    return skipped(`left to NSO: ${confFile} has a memory-management section (debug_dump.defer_to_nso)`);
  }
  context.run.begun();
  incident.record(host.now(), { step: "debug-dump-begun", reading: action.reading, pid: core.pid });
  const dumps = runSeries(context, count);
  // Beside the first dump, which takes its time.
  const evidence = action.level === "warning" ? collectHostState(context, "warning") : undefined;
  const outcome = await dumps;
  await evidence;
  if (outcome.files.length === 0) context.run.undone();
  incident.record(host.now(), { step: "debug-dump-ended", ...outcome });
  return outcome;
}

async function runSeries(context: CoreActionContext, count: number): Promise<Outcome> {
  const { config, target, incident, host, stop } = context;
  const { core } = target;
  const { procDir } = host.roots;
  const { ncs, lookedIn } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR ?? target.env.NCS_DIR,
    coreExecutable: target.executable ?? core.argv[0],
  });
  if (ncs === undefined)
    return failed(`no debug dump: ncs not found in ${lookedIn.join(", ")}; set [nso] command`);
  const coreAdj = readOomScoreAdj(procDir, core.pid) ?? 0;
  const childAdj = Math.min(oomScoreAdjMax, Math.max(childOomScoreAdj, coreAdj + 1));
  return await takeDumpSeries({
    plan: { count, intervalMs: config.debug_dump.interval, timeoutMs: config.debug_dump.timeout },
    command: { ncs, env: target.env, onChild: (pid) => void writeOomScoreAdj(ownProcDir, pid, childAdj) },
    dir: incident.dir,
    isCoreAlive: () => isAlive(procDir, core) && !target.signal.isSpent(),
    onProgress: (text) => host.journal.action(text),
    stop,
  });
}
