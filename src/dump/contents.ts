/** The second half of a dump: messages, heaps, literals, atoms. Only names and who holds which binary come from it. */

import { atomText } from "./atom-text.ts";
import { hexAt, isHexDigit, newline } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import { createInitialCalls } from "./initial-calls.ts";
import { createMark, type Piece } from "./mark.ts";
import { createMessageSamples } from "./message-samples.ts";

/** Sections of contents. The first of them ends the ledger, the half with all figures. */
export const contentTags: ReadonlySet<string> = new Set([
  ...["proc_messages", "proc_dictionary", "proc_stack", "proc_heap"],
  ...["persistent_terms", "literals", "binary", "atoms"],
]);

export interface Contents {
  /** A section of `row` begins, which is -1 for a process that the ledger does not know. */
  begin(tag: string, row: number): void;
  /** Whole lines of the section; the buffer at `from` is the newline in front of them. */
  take(piece: Piece, from: number, to: number): void;
}

const atomsMax = 20_000;
/** Of each piece: atoms that are made up by a program come in long runs. */
const atomBytesOfPiece = 8192;

/** To be made at the end of the ledger. */
export function createContents(collected: Collected): Contents {
  const samples = createMessageSamples(collected);
  const initialCalls = createInitialCalls(collected);
  const heldBinaries = createBinaryHolder(collected);
  let tag = "";
  let row = -1;
  return {
    begin(begun, of) {
      tag = begun;
      row = of;
      if (tag === "proc_messages") samples.begin(row);
    },
    take(piece, from, to) {
      switch (tag) {
        case "proc_messages":
          samples.messages(piece.buffer, from, to);
          break;
        case "proc_heap":
          initialCalls.heap(row, piece, from, to);
          heldBinaries(row, piece, from, to);
          samples.heap(row, piece.buffer, from, to);
          break;
        case "literals":
          initialCalls.literals(piece, from, to);
          break;
        case "atoms":
          takeAtoms(collected, piece.buffer, from, to);
          break;
        default:
      }
    },
  };
}

/** Newest first. */
function takeAtoms({ atomSample }: Collected, buffer: Buffer, from: number, to: number): void {
  if (atomSample.length >= atomsMax) return;
  const lines = buffer
    .toString("latin1", from, Math.min(to, from + atomBytesOfPiece))
    .split("\n")
    .slice(1);
  // The last may be cut.
  if (to > from + atomBytesOfPiece) lines.pop();
  for (const line of lines) if (line !== "") atomSample.push(atomText(line.replace(/^'(.*)'$/, "$1")));
}

/** `ADDRESS:YcBINARY:OFFSET:SIZE`. The same three letters may stand in a base64 text, behind another beginning. */
function createBinaryHolder({ binaries, processes }: Collected) {
  const findBinary = createMark(":Yc");
  return (row: number, piece: Piece, from: number, to: number) => {
    const { buffer } = piece;
    for (let at = findBinary(piece, from, to); at >= 0; at = findBinary(piece, at + 1, to)) {
      let start = at - 1;
      while (start >= 0 && isHexDigit(buffer[start] ?? 0)) start--;
      if (buffer[start] !== newline || start === at - 1) continue;
      const address = hexAt(buffer, at + 3);
      const offset = hexAt(buffer, address.end + 1);
      const size = hexAt(buffer, offset.end + 1);
      binaries.hold(address.value, size.value, row);
      const { wholeBytes } = processes.columns;
      if (row >= 0) wholeBytes[row] = (wholeBytes[row] ?? 0) + size.value;
    }
  };
}
