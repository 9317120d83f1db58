/** A core that outlived the watch of its dump: the verdict is mended when the dump is there after all. */

import type { Outcome } from "../../core/action.ts";
import type { DumpFile } from "../../core/dump-verdict.ts";
import type { BegunDump } from "../../core/incident.ts";
import { findCrashDumpTarget, holdTarget, searchOf } from "../../linux/crash-dump-path.ts";
import { findDumpFile } from "../../linux/find-dump.ts";
import type { Core } from "../../linux/nso.ts";
import { isAlive } from "../../linux/procfs.ts";
import type { Incidents } from "../../record/incident.ts";
import type { IncidentContext } from "../action-context.ts";
import { dumpHints } from "../target.ts";
import { ageOf, judgeRemains, liveCore, remainsOf, type Unfinished } from "./unfinished.ts";

/** It has had its time-out: one small read of /proc now and then, for as long as it lives. */
const pollMs = 5000;

/**
 * Waits for the end of a core that lives, and writes another verdict where a dump is found then. Undefined where there is
 * none, or the agent was stopped before: the verdict stays, and the next agent looks again. May throw.
 */
export async function mendSurvived(
  context: Omit<IncidentContext, "incident">,
  incidents: Pick<Incidents, "open">,
  { id, begun }: Unfinished,
): Promise<Outcome | undefined> {
  const core = liveCore(context.host.roots.procDir, begun);
  const dump = core ? await outlive(context, begun, core) : await remainsOf(begun);
  if (!dump) return undefined;
  const incident = incidents.open(id);
  try {
    return await judgeRemains({ ...context, incident }, begun, dump);
  } finally {
    incident.close();
  }
}

async function outlive(
  { config, host, stop }: Omit<IncidentContext, "incident">,
  begun: BegunDump,
  core: Core,
): Promise<DumpFile | undefined> {
  const { procDir } = host.roots;
  // Its directory may be a container's, and go with it.
  const held = await holdTarget(findCrashDumpTarget(procDir, core, dumpHints(config)));
  try {
    while (isAlive(procDir, core)) if (!(await pause(stop))) return undefined;
    return (await findDumpFile(searchOf(held), ageOf(begun))) ?? (await remainsOf(begun));
  } finally {
    await held.release();
  }
}

/** False when the agent is stopped meanwhile. */
async function pause(stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, pollMs);
  const onAbort = () => resolve();
  stop.addEventListener("abort", onAbort, { once: true });
  await promise;
  clearTimeout(timer);
  stop.removeEventListener("abort", onAbort);
  return !stop.aborted;
}
