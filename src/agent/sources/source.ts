/** Where the agent's lines come from: the embedded tool under supervision, or another tool's log. */

import type { Config } from "../../core/config.ts";
import type { LineWorth } from "../../core/line.ts";

/** What a source tells the agent. */
export interface SourceEvents {
  /** `writtenMs` is when the line can have been written at the latest, where that is not now. */
  onLine: (line: string, writtenMs?: number) => LineWorth;
  onNews: (text: string, tone: "info" | "warning") => void;
}

/** Which core the source measures: one process, or whichever one of these users starts; none: of any user. */
export type Followed = { pid: number } | { users: readonly number[] };

/** Made first, then started: what it tells the agent needs parts that are made after it. */
export interface Source {
  /** Begins to deliver. The core followed by then is the first one. */
  start(events: SourceEvents): void;
  state(): { state: "running" | "restarting" | "stopped"; pid: number | null; restarts: number };
  /** Whether readings are coming; while they are not, the agent measures by itself. */
  isDelivering(): boolean;
  /** What keeps it from delivering, for the status; undefined where nothing is known to. */
  problem(): string | undefined;
  /** Measures another core from now on. */
  follow(core: Followed): void;
  /** Another configuration is in force. */
  reconfigure(config: Config): void;
  stop(): Promise<void>;
}

/** The state of a source that was not started yet. */
export const notStarted = { state: "restarting", pid: null, restarts: 0 } as const;
