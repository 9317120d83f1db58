/** Whether the core of an incident still writes its dump: what the record alone cannot say. */

import { type BegunDump, type IncidentSummary, isOpenDump } from "../core/incident.ts";
import { isAlive, readBootId } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";

/** True where SIGUSR1 went out, there is no verdict yet, and the core lives, as far as it is seen from here. */
export function isBeingWritten(summary: IncidentSummary, procDir = ownProcDir): boolean {
  return isOpenDump(summary) && lives(summary.begun, procDir);
}

function lives({ bootId, ...core }: BegunDump, procDir: string): boolean {
  try {
    return bootId === readBootId(procDir) && isAlive(procDir, core);
  } catch {
    return false;
  }
}
