/** `=proc`: the lines of one process, read from the bytes, since there may be millions of them. */

import { decimalAt, indexWithin, newline, pidKeyAt } from "./bytes.ts";
import type { Names } from "./names.ts";
import type { ProcessColumns } from "./process-rows.ts";

// Letters by number: a switch over them is what two million lines a second need.
const B = 66;
const C = 67;
const M = 77;
const N = 78;
const O = 79;
const P = 80;
const S = 83;
const a = 97;
const e = 101;
const m = 109;
const p = 112;
const s = 115;
const colon = 58;
const openParenthesis = 40;
const space = 32;
const lessThan = 60;

export type ReadProcess = (
  columns: ProcessColumns,
  row: number,
  buffer: Buffer,
  from: number,
  to: number,
) => void;

/** Reads whole lines of a process into its row; `buffer[from]` is the newline in front of them. */
export function createProcessReader(names: Names): ReadProcess {
  const name = createNameReader(names);
  const spawned = createNameReader(names);
  const current = createNameReader(names);
  const counter = createNameReader(names);
  return (columns, row, buffer, from, to) => {
    for (let at = from; at < to; ) {
      const line = at + 1;
      let end = buffer.indexOf(newline, line);
      if (end < 0 || end > to) end = to;
      switch (buffer[line]) {
        case M: // Message queue length: | Memory:
          if (buffer[line + 2] === s) columns.queue[row] = decimalAt(buffer, line + 22, end);
          else if (buffer[line + 2] === m) columns.memory[row] = decimalAt(buffer, line + 8, end);
          break;
        case S: // Spawned as: | Spawned by: | State: | Stack+heap:
          if (buffer[line + 1] !== p) break;
          if (buffer[line + 8] === a) columns.spawned[row] = spawned(buffer, line + 12, end);
          else if (buffer[line + 12] === lessThan) columns.parent[row] = pidKeyAt(buffer, line + 12, end);
          break;
        case N: // Name: | Number of heap fragments:
          if (buffer[line + 1] === a) columns.name[row] = name(buffer, line + 6, end);
          break;
        case B: // BinVHeap: | BinVHeap unused:
          if (buffer[line + 8] === colon) addWords(columns, row, decimalAt(buffer, line + 10, end));
          break;
        case O: // OldBinVHeap: | OldHeap: | either with "unused"
          if (buffer[line + 11] === colon) addWords(columns, row, decimalAt(buffer, line + 13, end));
          break;
        case C: // Current call:
          if (buffer[line + 4] === e) columns.current[row] = current(buffer, line + 14, end);
          break;
        case P: // Program counter: 0x… (module:function/arity + offset)
          if (columns.current[row] === 0)
            columns.current[row] = counter(buffer, ...callIn(buffer, line, end));
          break;
        default:
      }
      at = end;
    }
  };
}

function addWords(columns: ProcessColumns, row: number, words: number): void {
  columns.binaryWords[row] = (columns.binaryWords[row] ?? 0) + words;
}

/** From where to where the function stands in the line of a program counter. */
function callIn(buffer: Buffer, line: number, end: number): [from: number, to: number] {
  const open = indexWithin(buffer, openParenthesis, line, end);
  if (open < 0) return [end, end];
  const gap = indexWithin(buffer, space, open, end);
  return [open + 1, gap < 0 ? end : gap];
}

/** Erlang's names have at most 255 characters. */
const nameBytesMax = 1200;

/** Most rows have what the row before had: then no text is made of it. */
function createNameReader(names: Names): (buffer: Buffer, from: number, to: number) => number {
  const last = Buffer.alloc(nameBytesMax);
  let lastLength = -1;
  let lastId = 0;
  return (buffer, from, to) => {
    const length = Math.min(to - from, nameBytesMax);
    if (length <= 0) return 0;
    if (length === lastLength && buffer.compare(last, 0, length, from, from + length) === 0) return lastId;
    buffer.copy(last, 0, from, from + length);
    lastLength = length;
    lastId = names.id(buffer.toString("utf8", from, from + length));
    return lastId;
  };
}
