/** The deed `debug-dump`: finds `ncs` and takes the dumps into the incident's directory. */

import type { Outcome } from "../../core/action.ts";
import { findNcs } from "../../linux/ncs-command.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import { readOomScoreAdj, writeOomScoreAdj } from "../../linux/oom-score.ts";
import { isAlive } from "../../linux/procfs.ts";
import type { DeedContext } from "../action-context.ts";
import { collectEvidence } from "../evidence/host-state.ts";
import { debugDump } from "./series.ts";

// Above NSO's: when the kernel must choose, it takes the dump command and not the one being dumped.
const childOomScoreAdj = 800;
const oomScoreAdjMax = 1000;

/** As many dumps as configured, or `count`. */
export async function takeDebugDumps(
  context: DeedContext,
  { count = context.config.debug_dump.count }: { count?: number } = {},
): Promise<Outcome> {
  const { action, config, target, incident, roots, journal, now } = context;
  const { core } = target;
  if (config.debug_dump.defer_to_nso && (await readMemorySection(core.confFile)) !== undefined) {
    const message = `left to NSO: ${core.confFile} has a memory-management section (debug_dump.defer_to_nso)`;
    incident.record({ atMs: now(), step: "debug-dump-deferred", confFile: core.confFile });
    return { outcome: "skipped", message, files: [] };
  }
  context.begun();
  incident.record({ atMs: now(), step: "debug-dump-begun", reading: action.reading, pid: core.pid });
  const found = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR ?? target.env.NCS_DIR,
    coreExecutable: target.executable ?? core.argv[0],
  });
  const coreAdj = readOomScoreAdj(roots.procDir, core.pid) ?? 0;
  const childAdj = Math.min(oomScoreAdjMax, Math.max(childOomScoreAdj, coreAdj + 1));
  const dumps = debugDump({
    ...found,
    dir: incident.dir,
    count,
    intervalMs: config.debug_dump.interval,
    timeoutMs: config.debug_dump.timeout,
    env: target.env,
    isCoreAlive: () => isAlive(roots.procDir, core) && !target.signalled,
    onChild: (pid) => void writeOomScoreAdj("/proc", pid, childAdj),
    onProgress: (text) => journal.deed(text),
    signal: context.signal,
  });
  // Beside the first dump, which takes its time.
  const evidence = action.level === "warning" ? collectEvidence(context, "warning") : undefined;
  const outcome = await dumps;
  await evidence;
  if (outcome.files.length === 0) context.undone();
  incident.record({ atMs: now(), step: "debug-dump-ended", ...outcome });
  return outcome;
}
