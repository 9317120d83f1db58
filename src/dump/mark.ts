/** Where some bytes stand next in a buffer: searched once for a whole buffer, and asked for piece by piece. */

/** A buffer of the file, with a number of its own: its bytes change from one to the next. */
export interface Piece {
  buffer: Buffer;
  serial: number;
}

/** Its place in `[from, to)`, or -1. To be asked from left to right. */
export type FindMark = (piece: Piece, from: number, to: number) => number;

export function createMark(text: string): FindMark {
  const mark = Buffer.from(text, "latin1");
  let serial = -1;
  let found = -1;
  return (piece, from, to) => {
    if (piece.serial !== serial || (found >= 0 && found < from)) {
      found = piece.buffer.indexOf(mark, from);
      serial = piece.serial;
    }
    return found >= 0 && found < to ? found : -1;
  };
}
