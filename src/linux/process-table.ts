/** All processes of the host: read at once, or kept up to date by little reads that let other work run between. */

import { classify } from "../core/nso.ts";
import { listPids, type ProcessIdentity, readArgv, readStat } from "./procfs.ts";

export interface ProcessRow extends ProcessIdentity {
  ppid: number;
  argv: string[];
}

export type ProcessRows = ReadonlyMap<number, ProcessRow>;

/** Two small reads a process: 30 µs. */
export function readProcessRows(procDir: string): ProcessRows {
  const rows = new Map<number, ProcessRow>();
  for (const pid of listPids(procDir)) {
    const row = readRow(procDir, pid);
    if (row) rows.set(pid, row);
  }
  return rows;
}

export interface ProcessTable {
  rows(): ProcessRows;
  /** Reads what is new, what is NSO's or was new at the last refresh, and a share of all others. */
  refresh(): Promise<void>;
}

/** A process may become another program: whoever is not NSO's is looked at again after this many refreshes. */
const turns = 30;
/** 1.5 ms. */
const sliceMax = 50;

export function createProcessTable(procDir: string): ProcessTable {
  const rows = new Map<number, ProcessRow>();
  let fresh = new Set<number>();
  let turn = 0;
  const isDue = (pid: number) => {
    const known = rows.get(pid);
    return !known || fresh.has(pid) || pid % turns === turn || classify(known.argv) !== undefined;
  };
  return {
    rows: () => rows,
    async refresh() {
      const pids = new Set(listPids(procDir));
      for (const pid of rows.keys()) if (!pids.has(pid)) rows.delete(pid);
      const due = [...pids].filter(isDue);
      fresh = new Set(due.filter((pid) => !rows.has(pid)));
      turn = (turn + 1) % turns;
      for (const [index, pid] of due.entries()) {
        if (index % sliceMax === sliceMax - 1) await new Promise((resolve) => setImmediate(resolve));
        const row = readRow(procDir, pid);
        if (row) rows.set(pid, row);
        else rows.delete(pid);
      }
    },
  };
}

/** Undefined for a process that is gone or a zombie. */
function readRow(procDir: string, pid: number): ProcessRow | undefined {
  const stat = readStat(procDir, pid);
  if (!stat || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, ppid: stat.ppid, startTicks: stat.startTicks, argv: readArgv(procDir, pid) ?? [] };
}
