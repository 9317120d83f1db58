/** Columns of numbers as varints, of which small steps take one byte each; read back by client/decode.ts. */

import type { KibColumn } from "../../core/recording.ts";
import { kibAt, numberAt } from "../series/column.ts";

export interface PackedColumns {
  /** Differences of differences: 0 for a steady tick. */
  times: readonly Float64Array[];
  /** Differences, in multiples of `unitKib`. */
  values: readonly { kib: KibColumn; unitKib: number }[];
}

/** Values between two looks at the room that is left. */
const chunkValues = 65_536;
const varintBytesMax = 8;
const pieceBytes = 1 << 20;

/**
 * Whole numbers in groups of 7 bits, low ones first; the sign in the lowest bit (zigzag). Two buffers take turns: a piece
 * holds until the next but one is asked for.
 */
export function* varintPieces({ times, values }: PackedColumns): Generator<Uint8Array> {
  const pieces = twoPieces();
  for (const atMs of times) {
    const add = timesInto(pieces.put);
    for (let from = 0; from < atMs.length; from += chunkValues) {
      const full = pieces.makeRoom();
      if (full) yield full;
      add(atMs, from, Math.min(from + chunkValues, atMs.length));
    }
  }
  for (const { kib, unitKib } of values) {
    const add = valuesInto(pieces.put, unitKib);
    for (let from = 0; from < kib.length; from += chunkValues) {
      const full = pieces.makeRoom();
      if (full) yield full;
      add(kib, from, Math.min(from + chunkValues, kib.length));
    }
  }
  yield pieces.rest();
}

function twoPieces() {
  let bytes = new Uint8Array(pieceBytes);
  let other = new Uint8Array(pieceBytes);
  let length = 0;
  return {
    put(value: number): void {
      let rest = value < 0 ? -2 * value - 1 : 2 * value;
      while (rest >= 128) {
        bytes[length++] = (rest % 128) + 128;
        rest = Math.floor(rest / 128);
      }
      bytes[length++] = rest;
    },
    /** The piece that is full, where another chunk might not fit into it. */
    makeRoom(): Uint8Array | undefined {
      if (length + chunkValues * varintBytesMax <= pieceBytes) return undefined;
      const full = bytes.subarray(0, length);
      [bytes, other] = [other, bytes];
      length = 0;
      return full;
    },
    rest: () => bytes.subarray(0, length),
  };
}

function timesInto(put: (value: number) => void) {
  let previous = 0;
  let step = 0;
  return (column: Float64Array, from: number, end: number) => {
    for (let index = from; index < end; index++) {
      const value = Math.round(numberAt(column, index));
      put(value - previous - step);
      step = value - previous;
      previous = value;
    }
  };
}

function valuesInto(put: (value: number) => void, unitKib: number) {
  let previous = 0;
  return (column: KibColumn, from: number, end: number) => {
    for (let index = from; index < end; index++) {
      const value = Math.round(kibAt(column, index) / unitKib);
      put(value - previous);
      previous = value;
    }
  };
}
