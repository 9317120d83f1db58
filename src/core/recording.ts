/** What is kept of a run, and the shape in which it comes back for graphs, statistics and bundles. */

import type { ProcessGroup } from "./group.ts";
import type { Level, Limits } from "./level.ts";
import type { MemoryKind, ProcessSample } from "./reading.ts";

/** The host's values of one tick. `memUsedKib` is by the configured basis (available or free). */
export interface HostSample {
  atMs: number;
  memUsedKib: number;
  memTotalKib: number;
  committedKib: number;
  commitLimitKib: number;
  /** vm.overcommit_memory: 0, 1 or 2. */
  overcommitMode: number;
  /** What physical memory was measured against where that was not the host itself. */
  binding?: BindingCeiling | undefined;
}

/** A cgroup's limit that bound, by its name (ceiling-name.ts), with what is used of it. */
export interface BindingCeiling {
  name: string;
  usedKib: number;
  limitKib: number;
}

/** One tick. Fast ticks (under 1 s apart) carry no processes. */
export interface Tick {
  host: HostSample;
  processes: readonly ProcessSample[];
}

const eventTypes = ["run", "level", "forecast", "action", "tool", "nso"] as const;
export type EventType = (typeof eventTypes)[number];

/** Something that happened at one moment: a level change, the begin or end of a forecast, an action, a tool restart, NSO's start or end, a run's. */
export interface HistoryEvent {
  atMs: number;
  type: EventType;
  kind?: MemoryKind | undefined;
  level?: Level | undefined;
  /** One line for people, and the label of the mark in the graphs. */
  text: string;
  incidentId?: string | undefined;
}

/** What was true of the host and the configuration when a run began. Absent means not known. */
export interface RunMeta {
  version: string;
  hostname: string;
  /** IANA name: Europe/Prague. */
  timeZone: string;
  limits: Record<MemoryKind, Limits>;
  basis?: "available" | "free" | undefined;
  pageSizeBytes?: number | undefined;
  kernel?: string | undefined;
  swapTotalKib?: number | undefined;
  /** RAM set aside for huge pages, which CommitLimit does not count. */
  hugePagesKib?: number | undefined;
  overcommitRatio?: number | undefined;
}

/** A run begins when an agent opens the history. */
export interface Run {
  startedMs: number;
  meta: RunMeta;
}

/**
 * Memory in KiB. As whole numbers of 32 bits, half as large, but where one of the values is not measured (NaN), more than
 * 2 TiB, or no whole number (facts 5.3).
 */
export type KibColumn = Int32Array | Float64Array;

/** Columns of equal length, by time. */
export interface HostSeries {
  atMs: Float64Array;
  memUsedKib: KibColumn;
  memTotalKib: KibColumn;
  committedKib: KibColumn;
  commitLimitKib: KibColumn;
}

/** Memory of the multiprocessing children of a Python VM: the most seen in the window. */
export interface ChildrenPeak {
  atMs: number;
  count: number;
  rssKib: number;
  allocatedKib: number;
}

/** One process (by group and name) over the window; a restart changes its PID and leaves a gap. */
export interface ProcessSeries {
  group: ProcessGroup;
  name: string;
  pids: number[];
  /** When it was first seen under each of its PIDs, ascending: a life each. Absent where that is not recorded. */
  livesFromMs?: number[] | undefined;
  /** The same column where processes were measured together. */
  atMs: Float64Array;
  rssKib: KibColumn;
  allocatedKib: KibColumn;
  childrenPeak?: ChildrenPeak | undefined;
}

/** The times at which one cgroup's limit bound physical memory, and how much was used of it. */
export interface CeilingSeries {
  name: string;
  atMs: Float64Array;
  usedKib: KibColumn;
  limitKib: KibColumn;
}

/** Everything recorded between two times. */
export interface Recording {
  sinceMs: number;
  untilMs: number;
  host: HostSeries;
  processes: ProcessSeries[];
  /** Absent where the host alone bound, and in a history of an older version, which did not say. */
  ceilings?: CeilingSeries[] | undefined;
  events: HistoryEvent[];
  /** Runs that touch the window, oldest first; the last one's meta describes the window. */
  runs: Run[];
  overcommitMode?: number | undefined;
  /** Set when there were too many samples to hold: of so many ms the lowest and the highest are here. */
  thinnedMs?: number | undefined;
}
