/** Writes ticks: the host's row, and a row for each process and for its children. NaN becomes NULL. */

import type { Database } from "bun:sqlite";
import type { ProcessSample } from "../core/reading.ts";
import type { Tick } from "../core/recording.ts";
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

  const writeSample = ({ group, name, pid, rssKib, allocatedKib, children, atMs }: ProcessSample) => {
    const id = ids.idOf(group, name);
    if (id === undefined) return;
    ids.notePid(id, pid, atMs);
    const key = Math.round(atMs) * processIdSpan + id;
    insertSample.run(key, rssKib, allocatedKib);
    if (children.length === 0) return;
    insertChildren.run(key, children.length, sumOf(children, "rssKib"), sumOf(children, "allocatedKib"));
  };

  return {
    write({ host, processes }) {
      const { memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode } = host;
      const atMs = Math.round(host.atMs);
      insertTick.run(atMs, memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode);
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

function sumOf(children: ProcessSample["children"], of: "rssKib" | "allocatedKib"): number {
  return children.reduce((total, child) => total + child[of], 0);
}
