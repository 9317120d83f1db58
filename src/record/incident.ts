/** The record of one episode on disk: `incidents/<id>/incident.jsonl`, one step a line, and the files beside it. */

import { closeSync, fsync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatStep, type IncidentStep } from "../core/incident-step.ts";
import { isGone, openToAppend, type PrivateFile } from "../linux/private-file.ts";

export interface Incident {
  id: string;
  dir: string;
  /** Appends a step that was taken at `atMs` (epoch). Never throws: false when the disk did not take it. */
  record(atMs: number, step: IncidentStep): boolean;
  /**
   * Waits until what was recorded is on the disk, at most `msMax`: a stalled disk must not hold back the signal
   * while memory fills. False when it was not done in time.
   */
  sync(msMax: number): Promise<boolean>;
  close(): void;
}

/**
 * Opens the incident for appending; its directory (0700) is made if absent, also when it was removed meanwhile. Never
 * throws.
 */
export function openIncident(incidentsDir: string, id: string): Incident {
  const dir = join(incidentsDir, id);
  const path = join(dir, "incident.jsonl");
  let file = open(path);
  return {
    id,
    dir,
    record(atMs, step) {
      if (file && isGone(path, file)) {
        closeSync(file.descriptor);
        file = open(path);
      }
      if (!file) return false;
      try {
        writeSync(file.descriptor, `${formatStep(atMs, step)}\n`);
        return true;
      } catch {
        return false;
      }
    },
    async sync(msMax) {
      const descriptor = file?.descriptor;
      if (descriptor === undefined) return false;
      const synced = new Promise<boolean>((resolve) => fsync(descriptor, (error) => resolve(error === null)));
      return await Promise.race([synced, Bun.sleep(msMax).then(() => false)]);
    },
    close() {
      if (file) closeSync(file.descriptor);
      // A step that comes late must not go into whatever file has the number next.
      file = undefined;
    },
  };
}

function open(path: string): PrivateFile | undefined {
  try {
    const file = openToAppend(path);
    endLine(file);
    return file;
  } catch {
    return undefined;
  }
}

/** A host that lost its power may have left half a line; the next step must not become part of it. */
function endLine({ descriptor, stats: { size } }: PrivateFile): void {
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== "\n")
    writeSync(descriptor, "\n");
}
