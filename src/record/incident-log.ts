/** Incidents as they are on disk: which there are, and the steps of one. */

import { join } from "node:path";
import { parseStep, type RecordedStep } from "../core/incident-step.ts";
import { stampOf } from "../core/units.ts";
import { call, doNow, type FileWork, readAll } from "../linux/file-work.ts";
import { regularFile } from "../linux/regular-file.ts";

export interface IncidentLog {
  id: string;
  dir: string;
  steps: RecordedStep[];
  /** Lines that could not be read: the last one of a host that lost its power, for instance. */
  damagedLines: number;
}

/** The ids below `incidentsDir`, newest first: they have their time in them. Empty where there is none. */
export function listIncidents(incidentsDir: string): string[] {
  return doNow(incidentIds(incidentsDir));
}

/** The same as work on files. */
export function* incidentIds(incidentsDir: string): FileWork<string[]> {
  try {
    return newestFirst(
      (yield* call.readdir(incidentsDir))
        .filter((entry) => entry.isDirectory() && idForm.test(entry.name))
        .map(({ name }) => name),
    );
  } catch {
    return [];
  }
}

/** `20261123T214107-832-physical`, and `info-…` of actions outside an episode. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Of actions outside of an episode the name has the time as a number: 2001 to 2286 has 13 digits. */
function newestFirst(ids: readonly string[]): string[] {
  const timeOf = (id: string) => {
    const ms = /^info-(\d{13})$/.exec(id)?.[1];
    return ms === undefined ? id : stampOf(Number(ms));
  };
  return ids.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
}

/** One incident; without steps where its record is missing, undefined where it is not there at all. */
export function readIncident(incidentsDir: string, id: string): IncidentLog | undefined {
  return doNow(incidentAt(incidentsDir, id));
}

/** The same as work on files. */
export function* incidentAt(incidentsDir: string, id: string): FileWork<IncidentLog | undefined> {
  if (!idForm.test(id) || !(yield* incidentIds(incidentsDir)).includes(id)) return undefined;
  const dir = join(incidentsDir, id);
  const steps: RecordedStep[] = [];
  let damagedLines = 0;
  for (const line of yield* readLines(join(dir, "incident.jsonl"))) {
    const step = parseStep(line);
    if (step) steps.push(step);
    else damagedLines++;
  }
  return { id, dir, steps, damagedLines };
}

/** A step may name hundreds of VMs; a record of hours has some hundred steps. Beyond it is no record of ours. */
const lineLengthMax = 1024 * 1024;
const bytesMax = 16 * 1024 * 1024;

function* readLines(path: string): FileWork<string[]> {
  try {
    // Of whatever owner: its directory was made and checked by the agent, which may be another user's than the reader.
    const { descriptor, stats } = yield* regularFile(path, { of: "anyone", isNoLink: true });
    try {
      const text = yield* readAll(descriptor, Math.min(stats.size, bytesMax));
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (line.length > lineLengthMax ? line.slice(0, lineLengthMax + 1) : line));
    } finally {
      yield* call.close(descriptor);
    }
  } catch {
    return [];
  }
}
