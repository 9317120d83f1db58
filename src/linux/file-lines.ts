/** The lines of a file one at a time, however large it is and however long its lines are. */

import { readSync } from "node:fs";
import { createLineSplitter } from "../core/line-splitter.ts";

export interface LineOptions {
  /** In characters; of a longer line one more than these comes out. */
  lengthMax: number;
  /** Reading ends here. Default: at the end of the file. */
  bytesMax?: number;
  /** So many bytes have been read since the last time. */
  onRead?: ((bytes: number) => void) | undefined;
}

const pieceBytes = 256 * 1024;
const newline = 10;

/** From the start of the file, as often as it is iterated. The descriptor stays open. */
export function fileLines(descriptor: number, options: LineOptions): Iterable<string> {
  return { [Symbol.iterator]: () => linesOf(descriptor, options) };
}

function* linesOf(
  descriptor: number,
  { lengthMax, bytesMax = Number.POSITIVE_INFINITY, onRead }: LineOptions,
): Generator<string> {
  const buffer = Buffer.alloc(pieceBytes);
  // What a sparse file reads as.
  const hole = Buffer.alloc(pieceBytes);
  const splitter = createLineSplitter(lengthMax);
  const decoder = new TextDecoder();
  let isWithinLine = false;
  for (let at = 0; at < bytesMax; ) {
    const bytes = readSync(descriptor, buffer, 0, Math.min(buffer.length, bytesMax - at), at);
    if (bytes === 0) break;
    onRead?.(bytes);
    at += bytes;
    const piece = buffer.subarray(0, bytes);
    if (piece.equals(hole.subarray(0, bytes))) continue;
    // A line of gigabytes: of that the first piece is enough.
    const hasEnd = piece.indexOf(newline) >= 0;
    if (isWithinLine && !hasEnd && bytes >= lengthMax) continue;
    isWithinLine = !hasEnd;
    yield* splitter.push(decoder.decode(piece, { stream: true }));
  }
  const rest = splitter.rest();
  if (rest !== "") yield rest;
}
