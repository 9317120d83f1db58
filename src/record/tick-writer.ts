/** Writes ticks: the host's row, and a row for each process and for its children. NaN becomes NULL. */

import type { Database } from "bun:sqlite";
import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, Tick } from "../core/recording.ts";
import { processIds } from "./process-ids.ts";
import { processIdSpan } from "./schema.ts";
import type { Keep } from "./sql.ts";

export interface TickWriter {
  write(tick: Tick): void;
  /** After a transaction that was rolled back: what was written in it is not there. */
  forget(): void;
}

export function tickWriter(db: Database, keep: Keep): TickWriter {
  const insertTick = keep(
    db.prepare<never, TickRow>("INSERT OR REPLACE INTO tick VALUES (?, ?, ?, ?, ?, ?)"),
  );
  const insertSample = keep(db.prepare<never, SampleRow>("INSERT OR REPLACE INTO sample VALUES (?, ?, ?)"));
  const insertChildren = keep(
    db.prepare<never, ChildrenRow>("INSERT OR REPLACE INTO children VALUES (?, ?, ?, ?)"),
  );
  const ids = processIds(db, keep);

  const writeSample = (sample: ProcessSample) => {
    const id = ids.idOf(sample.group, sample.name);
    if (id === undefined) return;
    ids.notePid(id, sample.pid, sample.atMs);
    const key = Math.round(sample.atMs) * processIdSpan + id;
    insertSample.run(key, sample.rssKib, sample.allocatedKib);
    if (sample.children.length > 0) insertChildren.run(...childrenRow(key, sample.children));
  };

  return {
    write({ host, processes }) {
      insertTick.run(...tickRow(host));
      for (const sample of processes) writeSample(sample);
    },
    forget: ids.forget,
  };
}

type TickRow = [
  atMs: number,
  memUsedKib: number,
  memTotalKib: number,
  committedKib: number,
  commitLimitKib: number,
  overcommitMode: number,
];
type SampleRow = [key: number, rssKib: number, allocatedKib: number];
type ChildrenRow = [key: number, count: number, rssKib: number, allocatedKib: number];

function tickRow(host: HostSample): TickRow {
  const { memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode } = host;
  return [Math.round(host.atMs), memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode];
}

function childrenRow(key: number, children: ProcessSample["children"]): ChildrenRow {
  const sum = (of: "rssKib" | "allocatedKib") => children.reduce((total, child) => total + child[of], 0);
  return [key, children.length, sum("rssKib"), sum("allocatedKib")];
}
