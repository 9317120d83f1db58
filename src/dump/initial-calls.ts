/**
 * The function that a process of proc_lib was started with, from `$initial_call` in its dictionary: without it all of
 * NSO is `proc_lib:init_p/5`. The pair `ADDRESS:t2:AD:$initial_call,HPOINTER` stands on its heap, and at POINTER
 * `t3:A6:module,A4:init,I1`: mostly on the next line, else near, else among the literals at the end of the file.
 */

import { functionText } from "./atom-text.ts";
import { isHexDigit, newline } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import { createMark, type Piece } from "./mark.ts";
import type { Names } from "./names.ts";

const mark = ":t2:AD:$initial_call,H";
const triple = ":t3:A";
const pointerBytesMax = 20;
const nearBytesBefore = 4096;
const nearBytesBehind = 65_536;
/** Few are literals, and many processes share one. */
const pointersMax = 1000;
const waitingMax = 200_000;
const lineBytesMax = 1200;

export interface InitialCalls {
  /** Whole lines of the heap of `row`. */
  heap(row: number, piece: Piece, from: number, to: number): void;
  /** Whole lines of `=literals`. */
  literals(piece: Piece, from: number, to: number): void;
}

export function createInitialCalls({ processes, names }: Collected): InitialCalls {
  const findPair = createMark(mark);
  const findTriple = createMark(triple);
  const waiting = new Map<string, number[]>();
  let waitingCount = 0;
  const callAt = createCallReader(names);
  const set = (row: number, call: number) => {
    if (call !== 0) processes.columns.initial[row] = call;
  };
  const wait = (pointer: string, row: number) => {
    const rows = waiting.get(pointer);
    if (waitingCount++ >= waitingMax || (!rows && waiting.size >= pointersMax)) return;
    if (rows) rows.push(row);
    else waiting.set(pointer, [row]);
  };
  return {
    heap(row, piece, from, to) {
      const { buffer } = piece;
      for (let at = findPair(piece, from, to); at >= 0; at = findPair(piece, at + 1, to)) {
        const end = buffer.indexOf(newline, at);
        if (row < 0 || end < 0) return;
        const pointer = { from: at + mark.length, to: Math.min(end, at + mark.length + pointerBytesMax) };
        const found = triplePlace(buffer, pointer, to);
        if (found < 0) wait(buffer.toString("latin1", pointer.from, pointer.to), row);
        else set(row, callAt(buffer, found + triple.length - 1));
      }
    },
    literals(piece, from, to) {
      if (waiting.size === 0) return;
      const { buffer } = piece;
      for (let at = findTriple(piece, from, to); at >= 0; at = findTriple(piece, at + 1, to)) {
        let start = at;
        while (isHexDigit(buffer[start - 1] ?? 0)) start--;
        const rows = waiting.get(buffer.toString("latin1", start, at));
        if (rows) for (const row of rows) set(row, callAt(buffer, at + triple.length - 1));
      }
    },
  };
}

interface Span {
  from: number;
  to: number;
}

/** Where `:t3:A` stands behind the address that `pointer` has: on the next line, or near; -1 where it does not. */
function triplePlace(buffer: Buffer, pointer: Span, to: number): number {
  const next = pointer.to + 1;
  const behind = next + pointer.to - pointer.from;
  // Without an object for each of a hundred thousand processes.
  const isNext =
    behind <= buffer.length && buffer.compare(buffer, next, behind, pointer.from, pointer.to) === 0;
  if (isNext && isTriple(buffer, behind)) return behind;
  const wanted = `\n${buffer.toString("latin1", pointer.from, pointer.to)}${triple}`;
  const from = Math.max(0, pointer.from - nearBytesBefore);
  const found = buffer
    .subarray(from, Math.min(to, pointer.from + nearBytesBehind))
    .indexOf(wanted, 0, "latin1");
  return found < 0 ? -1 : from + found + wanted.length - triple.length;
}

function isTriple(buffer: Buffer, at: number): boolean {
  for (let index = 0; index < triple.length; index++)
    if (buffer[at + index] !== triple.charCodeAt(index)) return false;
  return true;
}

/** The number of the function whose text begins at `at`; 0 where it is none. Most processes have that of the one before. */
function createCallReader(names: Names): (buffer: Buffer, at: number) => number {
  const last = Buffer.alloc(lineBytesMax);
  let lastLength = -1;
  let lastCall = 0;
  return (buffer, at) => {
    const lineEnd = buffer.indexOf(newline, at);
    const end = Math.min(lineEnd < 0 ? buffer.length : lineEnd, at + lineBytesMax);
    if (end - at === lastLength && buffer.compare(last, 0, lastLength, at, end) === 0) return lastCall;
    const text = functionText(buffer.toString("latin1", at, end));
    lastLength = buffer.copy(last, 0, at, end);
    lastCall = text === undefined ? 0 : names.id(text);
    return lastCall;
  };
}
