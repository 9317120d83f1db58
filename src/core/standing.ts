/** How things stand: the agent's document, and what the files beside it tell, as one value to be shown. */

import type { MemoryKind } from "./reading.ts";
import type { Rescue } from "./rescue.ts";
import type { Status } from "./status.ts";
import type { Trend } from "./trend.ts";

export interface Standing {
  nowMs: number;
  /** The PID of the agent that runs; undefined: none does. */
  agentPid: number | undefined;
  /** The last document that an agent wrote, which may be of one that has ended. */
  status: Status | undefined;
  /** Absent where too little was measured in the last minute. */
  trends: Partial<Record<MemoryKind, Trend>>;
  /** The newest incident, if there is one. */
  rescue: Rescue | undefined;
  /** NSO writes its crash dump at this moment. */
  isDumping: boolean;
  /** Cores of NSO that run while no agent does. */
  unwatched: readonly { name: string; pid: number }[];
  /** Where all this was looked for. */
  stateDir: string;
  /** root may have an agent that this user cannot see. */
  rootHasOne: boolean;
  /** The configuration file of the last agent, where that is not the usual one. */
  config: string | undefined;
}

/** A rescue of this age is what the operator was woken for. */
export const recentMs = 24 * 3_600_000;

export function isRecent({ rescue, nowMs }: Standing): boolean {
  return rescue !== undefined && nowMs - rescue.endedMs < recentMs;
}
