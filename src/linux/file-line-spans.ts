/** The lines of a file as bytes, one at a time and without a copy: for files of gigabytes whose lines are numbers. */

import { readSync } from "node:fs";
import { plainLine } from "../core/line-splitter.ts";

/** A line, until the next one is asked for. */
export interface LineInPiece {
  bytes: Buffer;
  from: number;
  /** The byte after its last; its newline is not part of it. */
  to: number;
}

const pieceBytes = 1024 * 1024;
const newline = 10;
/** What a sparse file reads as. */
const hole = Buffer.alloc(pieceBytes);

/**
 * From the start of the file, as often as it is iterated. Of a line over 1 MiB the first MiB comes out; a hole of NULs
 * (copytruncate) is passed over. The descriptor stays open. `onRead`: so many bytes have been read since the
 * last time.
 */
export function fileLineSpans(descriptor: number, onRead?: (bytes: number) => void): Iterable<LineInPiece> {
  return { [Symbol.iterator]: () => spansOf(descriptor, onRead) };
}

/** As text, as `fileLines` gives it. */
export function textOf({ bytes, from, to }: LineInPiece): string {
  return plainLine(bytes.toString("utf8", from, to).replaceAll("\0", ""));
}

function* spansOf(descriptor: number, onRead?: (bytes: number) => void): Generator<LineInPiece> {
  const bytes = Buffer.alloc(pieceBytes);
  const line = { bytes, from: 0, to: 0 };
  let held = 0;
  let isCut = false;
  for (let at = 0; ; ) {
    const count = readSync(descriptor, bytes, held, pieceBytes - held, at);
    at += count;
    onRead?.(count);
    const end = held + count;
    line.from = 0;
    if (count === 0) {
      line.to = end;
      if (end > 0 && !isCut) yield line;
      return;
    }
    for (
      let next = bytes.indexOf(newline);
      next >= 0 && next < end;
      next = bytes.indexOf(newline, line.from)
    ) {
      line.to = next;
      if (!isCut) yield line;
      isCut = false;
      line.from = next + 1;
    }
    held = end - line.from;
    if (held < pieceBytes) {
      bytes.copyWithin(0, line.from, end);
      continue;
    }
    // No newline in a whole piece.
    held = 0;
    if (bytes.equals(hole)) continue;
    line.to = end;
    if (!isCut) yield line;
    isCut = true;
  }
}
