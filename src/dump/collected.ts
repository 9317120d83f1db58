/** What is taken out of a dump while it is read, before it is summed up. Everything in it is bounded. */

import { BinaryTable } from "./binary-table.ts";
import { createNames, type Names } from "./names.ts";
import { ProcessRows } from "./process-rows.ts";

export interface AllocatorSum {
  blocks: number;
  carriers: number;
}

/** Tables of one name. */
export interface TableSum {
  name: string;
  count: number;
  objects: number;
  bytes: number;
  largest: { bytes: number; type: string; owner: number };
}

export interface SchedulerState {
  queued: number;
  /** Empty where it ran none. */
  process: string;
  call: string;
}

export interface Collected {
  names: Names;
  processes: ProcessRows;
  binaries: BinaryTable;
  /** Lines `Name: text` of the first section, and the time, which has no name. */
  header: Map<string, string>;
  written: string | undefined;
  wordBytes: number;
  /** Of `=memory` and `=allocated_areas`, in bytes. */
  memory: Map<string, number>;
  areas: Map<string, number>;
  atoms: { count: number; limit: number } | undefined;
  allocators: Map<string, AllocatorSum>;
  schedulers: SchedulerState[];
  tables: Map<string, TableSum>;
  ports: number;
  timers: number;
  /** Loaded modules: their names are code, not data. */
  modules: Set<string>;
  /** Of the newest atoms, as they are written in Erlang. */
  atomSample: string[];
  /** By row of a process with a long queue: what its messages look like, and how many of each. */
  messageLooks: Map<number, Map<string, number>>;
  /** How many sections there were that a dump has. */
  sections: number;
  /** The last section that began, and whose: a key of `bytes.ts`, or -1. */
  lastTag: string;
  lastPid: number;
  /** The first section of contents has begun, so all figures are there. */
  isLedgerComplete: boolean;
}

export function createCollected(): Collected {
  return {
    names: createNames(),
    processes: new ProcessRows(),
    binaries: new BinaryTable(),
    header: new Map(),
    written: undefined,
    wordBytes: 8,
    memory: new Map(),
    areas: new Map(),
    atoms: undefined,
    allocators: new Map(),
    schedulers: [],
    tables: new Map(),
    ports: 0,
    timers: 0,
    modules: new Set(),
    atomSample: [],
    messageLooks: new Map(),
    sections: 0,
    lastTag: "",
    lastPid: -1,
    isLedgerComplete: false,
  };
}
