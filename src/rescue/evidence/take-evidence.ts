/** Takes the evidence of one process, a piece after the other: each has its deadline, and one that fails says why. */

import { describeError } from "../../core/errors.ts";
import type { ProcessGroup } from "../../core/group.ts";
import { shown } from "../../core/shown.ts";
import { formatDuration } from "../../core/units.ts";
import { isAlive } from "../../linux/procfs.ts";
import { coreStatus } from "./core-status.ts";
import { askedOfJvm, jvmPieces } from "./jvm/jvm-pieces.ts";
import type { Found, Piece, Subject, TakenPiece } from "./piece.ts";
import { processFacts } from "./process-facts.ts";
import { pythonPieces } from "./python/python-pieces.ts";
import { threadTimes } from "./thread-times.ts";

export type EvidenceGroup = ProcessGroup;

/** What the process itself is asked for comes last: what came before needs nothing of it, and is on the disk by then. */
export function piecesOf(group: EvidenceGroup): readonly Piece[] {
  switch (group) {
    case "javavm":
      return [...jvmPieces, processFacts, threadTimes, ...askedOfJvm];
    case "pythonvm":
      return [...pythonPieces, processFacts, threadTimes];
    case "core":
      return [processFacts, threadTimes, coreStatus];
  }
}

/** Each piece as it was taken, with its text where there is one. Ends early when `subject.stop` is aborted. */
export async function* takeEvidence(
  subject: Subject,
  pieces: readonly Piece[],
): AsyncGenerator<{ taken: TakenPiece; text: string | undefined }> {
  for (const piece of pieces) {
    if (subject.stop.aborted) return;
    const beganMs = performance.now();
    const found = await takeOne(piece, subject);
    // What was begun ends by itself; half a piece is none.
    if (subject.stop.aborted && "missing" in found) return;
    const common = { piece: piece.name, tookMs: Math.round(performance.now() - beganMs) };
    if ("missing" in found) {
      const missing = shown(found.missing, 300);
      yield { taken: { ...common, file: null, headline: null, missing, data: null }, text: undefined };
    } else {
      const { headline = null, text, data = null } = found;
      yield { taken: { ...common, file: piece.file, headline, missing: null, data }, text };
    }
  }
}

async function takeOne(piece: Piece, subject: Subject): Promise<Found | { missing: string }> {
  if (!isAlive(subject.procDir, subject)) return { missing: `PID ${subject.pid} has ended` };
  const { promise, resolve } = Promise.withResolvers<{ missing: string }>();
  const onStop = () => resolve({ missing: "it was stopped" });
  const late = setTimeout(
    () => resolve({ missing: `not within ${formatDuration(piece.timeoutMs)}` }),
    piece.timeoutMs,
  );
  subject.stop.addEventListener("abort", onStop);
  try {
    return await Promise.race([Promise.resolve(piece.take(subject)), promise]);
  } catch (error) {
    return { missing: describeError(error) };
  } finally {
    clearTimeout(late);
    subject.stop.removeEventListener("abort", onStop);
  }
}

/** What the pieces say in one sentence: "JVM heap 3.8 GiB of 4.0 GiB; top classes byte[] 1.2 GiB, …; no thread dump: …". */
export function summarise(taken: readonly TakenPiece[]): string {
  const said = taken.flatMap(({ headline }) => headline ?? []);
  const lacking = taken.flatMap(({ piece, missing }) => (missing === null ? [] : `no ${piece}: ${missing}`));
  return [...said, ...lacking].join("; ") || "nothing that is worth a sentence";
}
