/** The samples of a range of keys, as columns for each process. */

import type { Database } from "bun:sqlite";
import { type Columns, growingColumns } from "./columns.ts";
import { type SampleTable, sampleTables } from "./sample-columns.ts";
import { processIdSpan } from "./schema.ts";
import { processColumns } from "./series-columns.ts";
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
export function readSamples(db: Database, range: SampleRange): Map<number, SampleTable> {
  if (range.stretchMs > 0) return readThinned(db, range);
  const tables = sampleTables();
  forEachSample(db, range, tables.push);
  return tables.finish();
}

function readThinned(db: Database, range: SampleRange): Map<number, SampleTable> {
  const readers = new Map<number, { columns: Columns<Names>; rows: Thinner<Names> }>();
  forEachSample(db, range, (id, atMs, rssKib, allocatedKib) => {
    let reader = readers.get(id);
    if (!reader) {
      const columns = growingColumns(processColumns);
      reader = { columns, rows: thinner(columns, range.stretchMs, watched) };
      readers.set(id, reader);
    }
    reader.rows.push([atMs, rssKib, allocatedKib]);
  });
  const tables = new Map<number, SampleTable>();
  for (const [id, { columns, rows }] of readers) {
    rows.flush();
    tables.set(id, columns.finish());
  }
  return tables;
}

/** Rows are objects until they are taken. Collecting them takes some 5 ms. */
const rowsACollection = 400_000;

interface SampleRow {
  /** Time and process in one. */
  key: number;
  rss: number | null;
  allocated: number | null;
}

function forEachSample(
  db: Database,
  { firstKey, endKey }: SampleRange,
  take: (id: number, atMs: number, rssKib: number, allocatedKib: number) => void,
): void {
  const select = db.prepare<SampleRow, [fromKey: number, toKey: number]>(
    "SELECT key, rss_kib AS rss, allocated_kib AS allocated FROM sample WHERE key >= ? AND key < ? ORDER BY key",
  );
  let rows = 0;
  for (const { key, rss, allocated } of select.iterate(firstKey, endKey)) {
    // Not by %, which takes 50 ns for a number as large as a key.
    const atMs = Math.floor(key / processIdSpan);
    take(key - atMs * processIdSpan, atMs, rss ?? Number.NaN, allocated ?? Number.NaN);
    if (++rows % rowsACollection === 0) Bun.gc(true);
  }
  select.finalize();
}
