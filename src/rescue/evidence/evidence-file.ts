/** `evidence.json`: what was taken of one process. Written after each piece, so that it is whole whenever it ends. */

import { closeSync } from "node:fs";
import { join } from "node:path";
import { asNumber, asText, isRecord, listOf, orNull, parts } from "../../core/fact.ts";
import { shownJson } from "../../core/shown.ts";
import { formatTime } from "../../core/units.ts";
import { doLater, readAll } from "../../linux/file-work.ts";
import { regularFile } from "../../linux/regular-file.ts";
import type { Subject, TakenPiece } from "./piece.ts";

export const evidenceFileName = "evidence.json";
const bytesMax = 8 * 1024 * 1024;

/** Keys are added, never renamed. */
export function evidenceDocument(
  { pid, group, name }: Pick<Subject, "pid" | "group" | "name">,
  takenMs: number,
  pieces: readonly TakenPiece[],
): Record<string, unknown> & { schema: 1 } {
  return { schema: 1, at: formatTime(takenMs), pid, group: group ?? null, name, pieces };
}

export function evidenceJson(document: Record<string, unknown>): string {
  return `${shownJson(document, 1)}\n`;
}

const readPieces = listOf(
  parts({
    piece: asText,
    tookMs: asNumber,
    file: orNull(asText),
    headline: orNull(asText),
    missing: orNull(asText),
  }),
);

/**
 * The pieces in the file of `dir`, without their data; empty where there is none. Without a wait on this thread. Never
 * throws.
 */
export async function readEvidencePieces(dir: string): Promise<TakenPiece[]> {
  try {
    const work = regularFile(join(dir, evidenceFileName), { of: "own", bytesMax });
    const { descriptor, stats } = await doLater(work);
    try {
      const document: unknown = JSON.parse(await doLater(readAll(descriptor, stats.size)));
      const read = isRecord(document) ? (readPieces(document.pieces) ?? []) : [];
      return read.map(({ piece = "?", tookMs = 0, file = null, headline = null, missing = null }) => {
        return { piece, tookMs, file, headline, missing, data: null };
      });
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return [];
  }
}
