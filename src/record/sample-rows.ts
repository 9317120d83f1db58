/** The samples of a range of keys, as columns for each process. */

import type { Database } from "bun:sqlite";
import { type Columns, growingColumns, type RowOf, type Table } from "./columns.ts";
import { processIdSpan } from "./schema.ts";
import { processColumns } from "./series-columns.ts";
import { arraysOf, onlyRow } from "./sql.ts";
import { type Thinner, thinner } from "./thinner.ts";

/** Of these the lowest and the highest are kept where rows are thinned. */
export const watched = ["rssKib", "allocatedKib"] as const;

type Names = typeof processColumns;

export interface SampleRange {
  firstKey: number;
  endKey: number;
  /** 0: every row. */
  stretchMs: number;
}

/** The columns of each process by its id. */
export function readSamples(db: Database, range: SampleRange): Map<number, Table<Names>> {
  const readers = new Map<number, { columns: Columns<Names>; rows: Thinner<Names> | Columns<Names> }>();
  forEachSample(db, range, (id, row) => {
    let reader = readers.get(id);
    if (!reader) {
      const columns = growingColumns(processColumns);
      const { stretchMs } = range;
      reader = { columns, rows: stretchMs > 0 ? thinner(columns, stretchMs, watched) : columns };
      readers.set(id, reader);
    }
    reader.rows.push(row);
  });
  const tables = new Map<number, Table<Names>>();
  for (const [id, { columns, rows }] of readers) {
    if ("flush" in rows) rows.flush();
    tables.set(id, columns.finish());
  }
  return tables;
}

/** Rows are fetched by this much time, so that few of them are arrays at once. */
const stepMs = 300_000;
/** Rows are arrays until they are taken: 100 MB of a million. Collecting them takes some 10 ms. */
const rowsACollection = 400_000;

type FromTo = [fromKey: number, toKey: number];

/** As SQLite gives it, the time and the process still in one key. */
type SampleRow = [key: number, rssKib: number | null, allocatedKib: number | null];

function forEachSample(
  db: Database,
  { firstKey, endKey }: SampleRange,
  take: (id: number, row: RowOf<Names>) => void,
): void {
  const select = db.prepare<SampleRow, FromTo>(
    "SELECT key, rss_kib, allocated_kib FROM sample WHERE key >= ? AND key < ? ORDER BY key",
  );
  const next = db.prepare<{ key: number | null }, FromTo>(
    "SELECT min(key) AS key FROM sample WHERE key >= ? AND key < ?",
  );
  let from: number | null = firstKey;
  let rows = 0;
  while (from !== null) {
    const to: number = Math.min(from + stepMs * processIdSpan, endKey);
    for (const row of arraysOf(select, from, to)) {
      const [key] = row;
      const id = key % processIdSpan;
      // SQLite's own row, its key turned into the time: 3.6 million of them are not copied.
      row[0] = (key - id) / processIdSpan;
      take(id, row);
      rows++;
    }
    if (rows > rowsACollection) {
      rows = 0;
      Bun.gc(true);
    }
    from = onlyRow(next, to, endKey).key;
  }
  select.finalize();
  next.finalize();
}
