/** Writes ticks: the host's row, and a row for each process and for its children. NaN becomes NULL. */

import type { Database, Statement } from "bun:sqlite";
import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, Tick } from "../core/recording.ts";
import { ceilingIds } from "./ceiling-ids.ts";
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
  const insertSamples = rowsInserter(db, keep);
  const insertChildren = keep(
    db.prepare<never, ChildrenRow>("INSERT OR REPLACE INTO children VALUES (?, ?, ?, ?)"),
  );
  const insertBinding = keep(
    db.prepare<never, BindingRow>("INSERT OR REPLACE INTO binding VALUES (?, ?, ?, ?)"),
  );
  const ids = processIds(db, keep);
  const ceilings = ceilingIds(db, keep);

  /** The row of a sample; the rows of its children are written. */
  const rowOf = ({
    group,
    name,
    pid,
    rssKib,
    allocatedKib,
    children,
    atMs,
  }: ProcessSample): SampleRow | [] => {
    const id = ids.idOf(group, name);
    if (id === undefined) return [];
    ids.notePid(id, pid, atMs);
    const key = Math.round(atMs) * processIdSpan + id;
    if (children.length > 0)
      insertChildren.run(key, children.length, sumOf(children, "rssKib"), sumOf(children, "allocatedKib"));
    return [key, rssKib, allocatedKib];
  };

  const writeBinding = (atMs: number, binding: HostSample["binding"]) => {
    const id = binding && ceilings.idOf(binding.name);
    if (binding && id !== undefined) insertBinding.run(atMs, id, binding.usedKib, binding.limitKib);
  };

  return {
    write({ host, processes }) {
      const { memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode } = host;
      const atMs = Math.round(host.atMs);
      insertTick.run(atMs, memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode);
      writeBinding(atMs, host.binding);
      for (let from = 0; from < processes.length; from += rowsAStatement)
        insertSamples(processes.slice(from, from + rowsAStatement).flatMap(rowOf));
    },
    forget() {
      ids.forget();
      ceilings.forget();
    },
  };
}

/** One run of a statement costs as much as four rows. */
const rowsAStatement = 16;

/** Of up to `rowsAStatement` rows, one after the other in one array; a statement for each number of them. */
function rowsInserter(db: Database, keep: Keep): (values: readonly number[]) => void {
  const known = new Map<number, Statement<never, number[]>>();
  return (values) => {
    const rows = values.length / 3;
    if (rows === 0) return;
    let insert = known.get(rows);
    if (!insert) {
      const places = Array(rows).fill("(?, ?, ?)").join(", ");
      insert = keep(db.prepare<never, number[]>(`INSERT OR REPLACE INTO sample VALUES ${places}`));
      known.set(rows, insert);
    }
    insert.run(...values);
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
type BindingRow = [atMs: number, ceilingId: number, usedKib: number, limitKib: number];
type SampleRow = [key: number, rssKib: number, allocatedKib: number];
type ChildrenRow = [key: number, count: number, rssKib: number, allocatedKib: number];

function sumOf(children: ProcessSample["children"], of: "rssKib" | "allocatedKib"): number {
  return children.reduce((total, child) => total + child[of], 0);
}
