/** Writes ticks: the host's row, and a row for each process and for its children. NaN becomes NULL. */

import type { Database, Statement } from "bun:sqlite";
import type { ProcessSample } from "../core/reading.ts";
import type { HostSample, Tick } from "../core/recording.ts";
import { ceilingIds } from "./ceiling-ids.ts";
import { processIds } from "./process-ids.ts";
import { processIdSpan } from "./schema.ts";
import { type Keep, runWith } from "./sql.ts";

export interface TickWriter {
  write(ticks: readonly Tick[]): void;
  /** After a transaction that was rolled back: what was written in it is not there. */
  forget(): void;
}

export function tickWriter(db: Database, keep: Keep): TickWriter {
  const hosts = rowsInserter(db, keep, { table: "tick", columns: 6 });
  const samples = rowsInserter(db, keep, { table: "sample", columns: 3 });
  const children = rowsInserter(db, keep, { table: "children", columns: 4 });
  const bindings = rowsInserter(db, keep, { table: "binding", columns: 4 });
  const ids = processIds(db, keep);
  const ceilings = ceilingIds(db, keep);

  const addHost = (host: HostSample) => {
    const atMs = Math.round(host.atMs);
    const { memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode, binding } = host;
    hosts.values.push(atMs, memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode);
    hosts.added();
    const id = binding && ceilings.idOf(binding.name);
    if (!binding || id === undefined) return;
    bindings.values.push(atMs, id, binding.usedKib, binding.limitKib);
    bindings.added();
  };

  const addSample = (sample: ProcessSample) => {
    const id = ids.idOf(sample.group, sample.name);
    if (id === undefined) return;
    ids.notePid(id, sample.pid, sample.atMs);
    const key = Math.round(sample.atMs) * processIdSpan + id;
    samples.values.push(key, sample.rssKib, sample.allocatedKib);
    samples.added();
    const { length } = sample.children;
    if (length === 0) return;
    const [rssKib, allocatedKib] = [sumOf(sample.children, "rssKib"), sumOf(sample.children, "allocatedKib")];
    children.values.push(key, length, rssKib, allocatedKib);
    children.added();
  };

  const tables = [hosts, samples, children, bindings];
  return {
    write(ticks) {
      for (const { host, processes } of ticks) {
        addHost(host);
        for (const sample of processes) addSample(sample);
      }
      for (const table of tables) table.flush();
    },
    forget() {
      for (const { values } of tables) values.length = 0;
      ids.forget();
      ceilings.forget();
    },
  };
}

/** One run of a statement costs as much as four rows. */
const rowsAStatement = 32;

/** Of a table of numbers: rows are gathered and written many at a time, in the order they came in. */
interface RowsInserter {
  /** What waits, one row after the other. To be added to, a whole row before `added`. */
  readonly values: number[];
  added(): void;
  /** Writes what waits. */
  flush(): void;
}

/** A statement for each number of rows up to `rowsAStatement`, prepared when it is needed. */
function rowsInserter(
  db: Database,
  keep: Keep,
  { table, columns }: { table: string; columns: number },
): RowsInserter {
  const known = new Map<number, Statement<never, number[]>>();
  const values: number[] = [];
  const statementOf = (rows: number) => {
    const before = known.get(rows);
    if (before) return before;
    const row = `(${Array(columns).fill("?").join(", ")})`;
    const places = Array(rows).fill(row).join(", ");
    const sql = `INSERT OR REPLACE INTO ${table} VALUES ${places}`;
    const statement = keep(db.prepare<never, number[]>(sql));
    known.set(rows, statement);
    return statement;
  };
  const flush = () => {
    if (values.length === 0) return;
    runWith(statementOf(values.length / columns), values);
    values.length = 0;
  };
  return {
    values,
    added() {
      if (values.length === rowsAStatement * columns) flush();
    },
    flush,
  };
}

function sumOf(children: ProcessSample["children"], of: "rssKib" | "allocatedKib"): number {
  return children.reduce((total, child) => total + child[of], 0);
}
