/** What there is to tell at one moment: whether an agent runs, and what it last wrote of itself. */

import type { Status } from "../core/status.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { wallMs } from "../linux/host-clock.ts";
import type { Paths } from "../record/paths.ts";
import { readStatus } from "../record/status-file.ts";

export interface Snapshot {
  /** An agent holds the lock of the state directory. */
  isRunning: boolean;
  /** Of an earlier agent where none runs. */
  status: Status | undefined;
  /** The time of day. */
  nowMs: number;
}

export function takeSnapshot(paths: Paths): Snapshot {
  return { isRunning: findAgent(paths) !== undefined, status: readStatus(paths.statusFile), nowMs: wallMs() };
}

/** How old the status is, in ms; 0 where its time is still to come, since the clock of the host was set back. */
export function statusAgeMs({ updated }: Pick<Status, "updated">, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(updated));
}
