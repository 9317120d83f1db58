/** The deed `debug-dump`: finds `ncs` and takes the dumps into the incident's directory. */

import { debugDump } from "../actions/debug-dump.ts";
import type { Outcome } from "../core/action.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import { isAlive } from "../linux/procfs.ts";
import type { DeedContext } from "./deed.ts";

// Above NSO's: when the kernel must choose, it takes the dump command and not the one being dumped.
const childOomScoreAdj = 800;

export async function takeDebugDumps(context: DeedContext): Promise<Outcome> {
  const { action, config, target, incident, procDir, journal, now } = context;
  context.begun();
  incident.record({ atMs: now(), step: "debug-dump-begun", reading: action.reading, pid: target.core.pid });
  const found = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR ?? target.env.NCS_DIR,
    coreExecutable: target.executable ?? target.core.argv[0],
  });
  const outcome = await debugDump({
    ...found,
    dir: incident.dir,
    count: config.debug_dump.count,
    intervalMs: config.debug_dump.interval,
    timeoutMs: config.debug_dump.timeout,
    env: target.env,
    isCoreAlive: () => isAlive(procDir, target.core) && !target.signalled,
    onChild: (pid) => writeOomScoreAdj("/proc", pid, childOomScoreAdj),
    onProgress: (text) => journal.deed(text),
    signal: context.signal,
  });
  if (outcome.files.length === 0) context.undone();
  incident.record({ atMs: now(), step: "debug-dump-ended", ...outcome });
  return outcome;
}
