/** The process that takes the evidence: behind NSO, and the first that the kernel takes. */

import { setPriority } from "node:os";
import { describeError } from "../../core/errors.ts";
import { doLater } from "../../linux/file-work.ts";
import { hostClock } from "../../linux/host-clock.ts";
import { openPrivateDirectory, type PrivateDirectory } from "../../linux/private-directory.ts";
import { replaceFile } from "../../linux/replace-file.ts";
import { evidenceDocument, evidenceFileName, evidenceJson } from "./evidence-file.ts";
import type { EvidenceTask } from "./evidence-task.ts";
import type { TakenPiece } from "./piece.ts";
import { piecesOf, takeEvidence } from "./take-evidence.ts";

/**
 * Beside one busy thread a core gives it 10 %, and 1.5 % at 19: there its start alone takes 7 s, and a host whose JVM
 * collects all the time is busy.
 */
const niceness = 10;

/** So that it takes little of the CPU that NSO wants. */
export function lowerPriority(): void {
  try {
    setPriority(niceness);
  } catch (error) {
    // A sandbox may forbid even that; what it takes is little.
    void describeError(error);
  }
}

/** Writes a file for each piece into the directory of the task, as it comes. */
export async function runEvidenceTask(task: EvidenceTask, stop: AbortSignal): Promise<void> {
  const takenMs = hostClock.wallMs();
  const directory = await doLater(openPrivateDirectory(task.dir));
  try {
    const pieces: TakenPiece[] = [];
    const subject = { ...task, ncs: task.ncs ?? undefined, stop };
    for await (const { taken, text } of takeEvidence(subject, piecesOf(task.group))) {
      if (taken.file !== null && text !== undefined) await write(directory, taken.file, text);
      pieces.push(taken);
      await write(directory, evidenceFileName, evidenceJson(evidenceDocument(task, takenMs, pieces)));
    }
  } finally {
    directory.close();
  }
}

async function write(directory: PrivateDirectory, name: string, text: string): Promise<void> {
  await directory.at(name, (way) => replaceFile(way, (file) => file.writeFile(text)));
}
