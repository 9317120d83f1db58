/** Columns of numbers as varints, of which small steps take one byte each; read back by client/decode.ts. */

import { numberAt } from "../series/column.ts";

export interface VarintWriter {
  /** Differences of differences: 0 for a steady tick. */
  writeTimes(column: Float64Array): void;
  /** Differences, in multiples of `unit`. */
  writeValues(column: Float64Array, unit: number): void;
  bytes(): Uint8Array;
}

/** Values between two looks at the room that is left. */
const chunkValues = 65_536;
const varintBytesMax = 8;

/** Whole numbers in groups of 7 bits, low ones first; the sign in the lowest bit (zigzag). */
export function varintWriter(): VarintWriter {
  let bytes = new Uint8Array(1 << 20);
  let length = 0;
  const put = (value: number) => {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      bytes[length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  };
  const reserve = (values: number) => {
    const needed = length + values * varintBytesMax;
    if (needed <= bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes.length * 2, needed));
    larger.set(bytes.subarray(0, length));
    bytes = larger;
  };
  return {
    writeTimes(column) {
      let previous = 0;
      let step = 0;
      for (let index = 0; index < column.length; index++) {
        if (index % chunkValues === 0) reserve(chunkValues);
        const value = Math.round(numberAt(column, index));
        put(value - previous - step);
        step = value - previous;
        previous = value;
      }
    },
    writeValues(column, unit) {
      let previous = 0;
      for (let index = 0; index < column.length; index++) {
        if (index % chunkValues === 0) reserve(chunkValues);
        const value = Math.round(numberAt(column, index) / unit);
        put(value - previous);
        previous = value;
      }
    },
    bytes: () => bytes.subarray(0, length),
  };
}
