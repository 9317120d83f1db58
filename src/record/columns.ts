/** Columns that grow while rows are read, without holding each row as an object. */

import type { KibColumn } from "../core/recording.ts";

/** A row in the order of the columns' names. NULL, like NaN, where nothing was measured; its time is always there. */
export type RowOf<Names extends readonly string[]> = {
  readonly [Index in keyof Names]: Names[Index] extends "atMs" ? number : number | null;
};

/** Columns of equal length, by name. */
export type Table<Names extends readonly string[]> = {
  [Name in Names[number]]: Name extends "atMs" ? Float64Array : KibColumn;
};

/** Rows of numbers; `finish` gives each column at its length and lets go of the rows. */
export interface Columns<Names extends readonly string[]> {
  readonly names: Names;
  push(row: RowOf<Names>): void;
  /** The row of another table with the same columns. */
  copy(from: Table<Names>, index: number): void;
  finish(): Table<Names>;
}

export function growingColumns<const Names extends readonly string[]>(names: Names): Columns<Names> {
  const columns = names.map((name: Names[number]) => ({
    name,
    column: name === "atMs" ? growingTimes() : growingKib(),
  }));
  return {
    names,
    push(row: readonly (number | null)[]) {
      let index = 0;
      for (const { column } of columns) column.push(row[index++] ?? Number.NaN);
    },
    copy(from, row) {
      for (const { name, column } of columns) column.push(from[name][row] ?? Number.NaN);
    },
    finish() {
      const entries = columns.map(({ name, column }) => [name, column.finish()] as const);
      // Of the names that it was made for, each once: more than Object.fromEntries can know.
      return Object.fromEntries(entries) as Table<Names>;
    },
  };
}

/** 16,384 rows: little is wasted on 100 processes, and nothing is copied but once at the end. */
const chunkRows = 16_384;

export interface GrowingTimes {
  push(atMs: number): void;
  /** Of those that were pushed. */
  at(index: number): number;
  finish(): Float64Array;
}

/** In chunks: doubling instead left 150 MB of outgrown arrays to the collector over a week. */
export function growingTimes(): GrowingTimes {
  let chunks: Float64Array[] = [];
  let last = noTimes;
  let used = 0;
  return {
    push(atMs) {
      if (used === last.length) {
        last = new Float64Array(chunkRows);
        chunks.push(last);
        used = 0;
      }
      last[used++] = atMs;
    },
    at: (index) => chunks[Math.floor(index / chunkRows)]?.[index % chunkRows] ?? Number.NaN,
    finish() {
      const whole = joined(chunks, used, Float64Array);
      chunks = [];
      last = noTimes;
      used = 0;
      return whole;
    },
  };
}

export interface GrowingKib {
  /** NaN where nothing was measured. */
  push(kib: number): void;
  finish(): KibColumn;
}

/** Chunks of Int32Array, until one of the values does not fit. */
export function growingKib(): GrowingKib {
  let chunks: KibColumn[] = [];
  let small = noKib;
  let large = noTimes;
  let isLarge = false;
  let used = chunkRows;
  const widen = () => {
    isLarge = true;
    large = Float64Array.from(small);
    chunks[chunks.length - 1] = large;
  };
  const grow = () => {
    if (isLarge) large = new Float64Array(chunkRows);
    else small = new Int32Array(chunkRows);
    chunks.push(isLarge ? large : small);
    used = 0;
  };
  return {
    push(kib) {
      if (used === chunkRows) grow();
      if (!isLarge) {
        small[used] = kib;
        if (small[used] === kib) {
          used++;
          return;
        }
        widen();
      }
      large[used++] = kib;
    },
    finish() {
      const rest = chunks.length === 0 ? 0 : used;
      const whole = isLarge ? joined(chunks, rest, Float64Array) : joined(chunks, rest, Int32Array);
      chunks = [];
      small = noKib;
      large = noTimes;
      isLarge = false;
      used = chunkRows;
      return whole;
    },
  };
}

const noTimes = new Float64Array();
const noKib = new Int32Array();

/** All chunks are full but the last, of which `rest` rows are used. */
function joined<Column extends KibColumn>(
  chunks: readonly KibColumn[],
  rest: number,
  make: new (length: number) => Column,
): Column {
  const whole = new make(Math.max(0, chunks.length - 1) * chunkRows + rest);
  for (const [index, chunk] of chunks.entries())
    whole.set(index < chunks.length - 1 ? chunk : chunk.subarray(0, rest), index * chunkRows);
  return whole;
}

/** Columns of a table have one length, so that an index of one is one of all: what no type knows. NaN beyond it. */
export function valueAt(column: KibColumn, index: number): number {
  return column[index] ?? Number.NaN;
}

/** The same of times: with both in one function every loop is slower (facts 5.3). */
export function timeAt(column: Float64Array, index: number): number {
  return column[index] ?? Number.NaN;
}
