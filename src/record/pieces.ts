/** Text in pieces, to a file that appears whole or not at all, or to standard output. */

import { writeSync } from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { shownPage } from "../core/shown.ts";
import { replaceFile } from "../linux/replace-file.ts";

/** After each piece. */
type OnPiece = () => Promise<void>;

/** Mode 0600. Throws NsomemError EXPORT and leaves nothing behind when the disk refuses. */
export async function writePieces(path: string, pieces: Iterable<string>, onPiece: OnPiece): Promise<void> {
  try {
    await replaceFile(path, async (file) => {
      for (const piece of pieces) {
        await file.writeFile(piece);
        await onPiece();
      }
    });
  } catch (error) {
    throw new NsomemError("EXPORT", `cannot write ${path}: ${describeError(error)}`);
  }
}

/** A terminal may be what reads it. Waits for a slow reader, and ends quietly when it goes away (`nsomem export | head`). */
export async function writePiecesOut(pieces: Iterable<string>, onPiece: OnPiece): Promise<void> {
  for (const piece of pieces) {
    try {
      await writeOut(Buffer.from(shownPage(piece)));
      await onPiece();
    } catch (error) {
      if (errnoOf(error) === "EPIPE") return;
      throw error;
    }
  }
}

/** By the descriptor: process.stdout is cut by the exit that follows (facts 4.20). */
async function writeOut(bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      // A pipe that is full, where someone made it non-blocking.
      if (errnoOf(error) !== "EAGAIN") throw error;
      await Bun.sleep(5);
    }
  }
}
