/** The record of one episode on disk: `incidents/<id>/incident.jsonl`, one step a line, and the files beside it. */

import { closeSync, fstatSync, fsync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatStep, type IncidentStep } from "../core/incident-step.ts";

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

/** Opens the incident for appending; its directory (0700) is made if absent. Never throws. */
export function openIncident(incidentsDir: string, id: string): Incident {
  const dir = join(incidentsDir, id);
  let descriptor = open(dir);
  return {
    id,
    dir,
    record(atMs, step) {
      if (descriptor === undefined) return false;
      try {
        writeSync(descriptor, `${formatStep(atMs, step)}\n`);
        return true;
      } catch {
        return false;
      }
    },
    async sync(msMax) {
      const open = descriptor;
      if (open === undefined) return false;
      const synced = new Promise<boolean>((resolve) => fsync(open, (error) => resolve(error === null)));
      return await Promise.race([synced, Bun.sleep(msMax).then(() => false)]);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      // A step that comes late must not go into whatever file has the number next.
      descriptor = undefined;
    },
  };
}

function open(dir: string): number | undefined {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const descriptor = openSync(join(dir, "incident.jsonl"), "a+", 0o600);
    endLine(descriptor);
    return descriptor;
  } catch {
    return undefined;
  }
}

/** A host that lost its power may have left half a line; the next step must not become part of it. */
function endLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== "\n")
    writeSync(descriptor, "\n");
}
