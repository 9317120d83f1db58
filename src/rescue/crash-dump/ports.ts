/** What the steps of the crash dump need of the world: this host in production, a made-up one in their tests. */

import type { Outcome } from "../../core/action.ts";
import type { Clock, Moment } from "../../core/clock.ts";
import type { Config } from "../../core/config.ts";
import type { DumpProspect } from "../../core/dump-prospect.ts";
import type { DumpFile } from "../../core/dump-verdict.ts";
import type { Ender } from "../../core/ender.ts";
import type { DumpPart, IncidentStep, ScoreChange } from "../../core/incident-step.ts";
import type { VictimJudgement } from "../../core/victim.ts";
import type { DumpSays } from "./read-dump.ts";

/** The NSO core that is to write its dump. */
export interface CorePort {
  readonly pid: number;
  /** Still the process it was found as: same start time, still NSO's arguments. Asked right before the signal. */
  isSame(): boolean;
  /**
   * Writes down for later agents that the signal is about to go out, within `msMax`. Why that is not done yet, or
   * undefined.
   */
  announce(msMax: number): Promise<string | undefined>;
  /** Alive by its start time; a zombie is not. */
  isAlive(): boolean;
  /** What the live core is doing, where that is not simply running: "stopped (T)". */
  state(): string | undefined;
  /** False when the signal was refused or the process is gone. */
  send(signal: "SIGUSR1" | "SIGKILL"): boolean;
  /** Who ended the core at or after `since`, where that is told: the kernel's OOM killer, systemd, a daemon. Bounded. */
  findEnder(since: Moment): Promise<Ender | undefined>;
}

/** The dump that it writes. */
export interface DumpPort {
  /**
   * Judges the dump's place anew and, where there can be one, moves an old file aside. Keeps to about `msMax`, longer only
   * where a file in the way must be moved; gives what was known before where the file system does not answer.
   */
  prepare(msMax: number): Promise<PreparedDump>;
  /** The dump as it is now, undefined while there is no file that was not there before the signal at `sentAt`. */
  find(sentAt: Moment): Promise<DumpFile | undefined>;
  /** A dump that the core wrote of its own accord at or after `sinceMs` (epoch). */
  findOwn(sinceMs: number): Promise<DumpFile | undefined>;
  /** Copies a dump that goes away with the core's container; the copy's path, undefined where none is needed. */
  preserve(path: string): Promise<string | undefined>;
  sha256(path: string): Promise<string | undefined>;
  /** Reads what it says into the incident, by a process of its own; `mayGoOn` is asked meanwhile. Never rejects. */
  read(request: { path: string; part: DumpPart; mayGoOn: () => boolean }): Promise<DumpSays>;
  /** One debug dump in its place, where there can be no crash dump. */
  lastDebugDump(): Promise<Outcome>;
}

export interface PreparedDump {
  /** Undefined when nothing is known of the place. */
  prospect: DumpProspect | undefined;
  /** The files that were there before the signal; undefined when that is not known. */
  known: ReadonlySet<string> | undefined;
}

/** The memory that is short, and who else is in it. */
export interface MemoryPort {
  /** A fresh measurement: memory is still critical on the ceiling that binds. */
  isCritical(): boolean;
  /** Asks whom the kernel would kill, and records it. */
  judgeVictim(): VictimJudgement;
  /** What `shield` is about to change. */
  planShield(): ScoreChange[];
  /** Makes the OOM killer look away from the core. A few writes to /proc. */
  shield(): void;
  /** Puts back what `shield` changed. */
  unshield(): void;
  /** Why an OOM kill of a VM ends the core too, in words; undefined where it does not. */
  sharedEnd(): string | undefined;
  /** Ends the VMs beside the core, and says `why` where it is not for their memory alone. */
  makeRoom(why: string | undefined): Promise<void>;
  /** Raises what throttles the core (memory.high), where that is permitted. */
  unthrottle(): Promise<void>;
  /** Puts back what `unthrottle` raised. */
  throttleAgain(): Promise<void>;
}

/** The incident's record, the log that the operator reads, and the clocks of both. */
export interface RecordPort extends Clock {
  /** Milliseconds since boot, suspended time included: the same clock for a later agent. */
  uptimeMs(): number;
  write(step: IncidentStep): void;
  /** Waits until the record is on disk, at most `msMax`; false when it was not done in time. */
  sync(msMax: number): Promise<boolean>;
  say(text: string): void;
  /** Begins to collect evidence that is worth having but not worth waiting for. */
  collectEvidence(): void;
}

/** What the operator configured under `[crash_dump]`; `timeout` in ms. */
export type CrashDumpPolicy = Pick<
  Config["crash_dump"],
  "without_dump" | "victim" | "shed" | "kill" | "timeout"
>;

/** How the action as a whole goes on. */
export interface Progress {
  /** The signal is out. */
  begun(): void;
  /** It was tried before for this reading: what was said and asked for then is not again. */
  isRetry: boolean;
  /** How far it has come, for the status. */
  note(text: string): void;
  /** The core lives on though its signal is spent: what still comes of it is watched by others. */
  survived(): void;
  /** Aborted when the agent stops. */
  stop: AbortSignal;
}

export interface CrashDumpWorld {
  core: CorePort;
  dump: DumpPort;
  memory: MemoryPort;
  record: RecordPort;
  policy: CrashDumpPolicy;
  progress: Progress;
}

/** What is left to do once the signal is out, by this agent or by a later one. */
export interface FollowedDump {
  core: Omit<CorePort, "announce">;
  dump: Pick<DumpPort, "find" | "preserve" | "sha256" | "read">;
  memory: Omit<MemoryPort, "judgeVictim" | "planShield" | "shield">;
  record: Omit<RecordPort, "collectEvidence">;
  policy: CrashDumpPolicy;
  progress: Omit<Progress, "begun" | "isRetry">;
}
