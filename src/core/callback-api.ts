/**
 * What a callback gets and what it may do. nsomem.d.ts, which `nsomem init` writes, is a copy of this file, so that an
 * editor completes callbacks.ts without anything installed.
 */

/** One measured pair of one memory kind. Memory in KiB. */
export interface CallbackReading {
  kind: "physical" | "allocated";
  level: "normal" | "warning" | "critical";
  used_kib: number;
  limit_kib: number;
  percent: number;
  /** Where the level begins, in percent. */
  threshold_percent: number;
  /** `host`, or the cgroup whose limit binds. */
  ceiling: string;
  /** ISO 8601. */
  at: string;
}

/** What came of a built-in action. */
export interface ActionOutcome {
  /** `skipped` when its cool-down is not over, or in a dry run. */
  outcome: "running" | "done" | "partial" | "failed" | "skipped";
  message: string;
  files: string[];
}

/** The one argument of every callback. */
export interface CallbackContext {
  /** The rule that fired: the name of the callback. */
  rule: string;
  /** Writes into action.log and agent.log. */
  logger: {
    info(text: string): void;
    warning(text: string): void;
    error(text: string): void;
  };
  /** The NSO core, null while there is none. */
  ncssmp_pid: number | null;
  /** vm.overcommit_memory: 0, 1 or 2. */
  overcommit_mode: number;
  reading: CallbackReading;
  /** Files left here belong to the incident. */
  incident_dir: string;
  /** A drill: do nothing in earnest. */
  dry_run: boolean;
  /** The built-in debug dumps, as `[debug_dump]` configures them. */
  debug_dump(): Promise<ActionOutcome>;
  /** The built-in crash dump: NSO writes it and ends. */
  crash_dump(): Promise<ActionOutcome>;
}

/** A callback. It runs in a process of its own and has `[callbacks] timeout` to return. */
export type Callback = (context: CallbackContext) => Promise<void> | void;
