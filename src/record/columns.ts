/** Columns that grow while rows are read, without holding each row as an object. */

/** A row in the order of the columns' names. NULL, like NaN, where nothing was measured; its time is always there. */
export type RowOf<Names extends readonly string[]> = {
  readonly [Index in keyof Names]: Names[Index] extends "atMs" ? number : number | null;
};

/** Columns of equal length, by name. */
export type Table<Names extends readonly string[]> = Record<Names[number], Float64Array>;

/** Rows of numbers; `finish` gives each column at its length and lets go of the rows. */
export interface Columns<Names extends readonly string[]> {
  readonly names: Names;
  push(row: RowOf<Names>): void;
  /** The row of another table with the same columns. */
  copy(from: Table<Names>, index: number): void;
  finish(): Table<Names>;
}

/** 16,384 rows: little is wasted on 100 processes, and nothing is copied but once at the end. */
const chunkRows = 16_384;

/** In chunks: doubling instead left 150 MB of outgrown arrays to the collector over a week. */
export function growingColumns<const Names extends readonly string[]>(names: Names): Columns<Names> {
  const columns = names.map((name: Names[number]) => ({ name, full: [] as Float64Array[], last: none }));
  let used = 0;
  let room = 0;
  const grow = () => {
    for (const column of columns) {
      if (room > 0) column.full.push(column.last);
      column.last = new Float64Array(chunkRows);
    }
    used = 0;
    room = chunkRows;
  };
  return {
    names,
    push(row: readonly (number | null)[]) {
      if (used === room) grow();
      let index = 0;
      for (const { last } of columns) last[used] = row[index++] ?? Number.NaN;
      used++;
    },
    copy(from, row) {
      if (used === room) grow();
      for (const { name, last } of columns) last[used] = valueAt(from[name], row);
      used++;
    },
    finish() {
      const entries = columns.map((column) => {
        const whole = joined([...column.full, column.last.subarray(0, used)]);
        column.full = [];
        column.last = none;
        return [column.name, whole] as const;
      });
      used = 0;
      room = 0;
      // Of the names that it was made for, each once: more than Object.fromEntries can know.
      return Object.fromEntries(entries) as Table<Names>;
    },
  };
}

const none = new Float64Array();

function joined(chunks: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(chunks.reduce((total, { length }) => total + length, 0));
  let start = 0;
  for (const chunk of chunks) {
    whole.set(chunk, start);
    start += chunk.length;
  }
  return whole;
}

/** Columns of a table have one length, so that an index of one is one of all: what no type knows. NaN beyond it. */
export function valueAt(column: Float64Array, index: number): number {
  return column[index] ?? Number.NaN;
}
