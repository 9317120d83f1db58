/** Old measurements, read from the inherited data files and from monitor logs, as a recording. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { byGroup } from "../core/group.ts";
import type { HistoryEvent, HostSeries, ProcessSeries, Recording, RunMeta } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { parseDataFile } from "./data-file.ts";
import { parseDataLine } from "./data-line.ts";
import { mergeHosts, mergeProcesses } from "./merge.ts";
import { parseMonitorLog } from "./monitor-log.ts";
import { type Day, dayOf } from "./wall-clock.ts";

export interface Imported {
  recording: Recording;
  /** What each file gave, and what could not be read of it, a sentence each. */
  notes: string[];
}

export interface ImportOptions {
  files: readonly string[];
  /** The day of each file's first line; absent: by the file's time of modification. */
  firstDay?: Day | undefined;
  meta: RunMeta;
}

/** Throws NsomemError IMPORT naming the file that is neither kind or cannot be read. */
export function readOldFiles({ files, firstDay, meta }: ImportOptions): Imported {
  const hosts: HostSeries[] = [];
  const processes: ProcessSeries[] = [];
  const events: HistoryEvent[] = [];
  const notes: string[] = [];
  const limits = { physical: { ...meta.limits.physical }, allocated: { ...meta.limits.allocated } };
  for (const file of files) {
    const { text, writtenMs } = readOldFile(file);
    if (isDataFile(text)) {
      const data = parseDataFile(file, linesOf(text), { firstDay, lastWrittenMs: writtenMs });
      hosts.push(data.host);
      if (data.process && data.process.atMs.length > 0) processes.push(data.process);
      notes.push(noteOf(file, data.host.atMs.length, data.malformed));
      continue;
    }
    const log = parseMonitorLog(linesOf(text), firstDay ?? dayOf(writtenMs));
    if (log.readings === 0 && log.processes.length === 0)
      throw new NsomemError(
        "IMPORT",
        `${shown(file)} is neither a data file (HH:MM:SS and six numbers a line) nor a monitor log ("[MONITOR] …")`,
      );
    hosts.push(log.host);
    processes.push(...log.processes);
    events.push(...log.events);
    Object.assign(limits.physical, log.limits.physical);
    Object.assign(limits.allocated, log.limits.allocated);
    notes.push(noteOf(file, log.readings, log.malformed));
  }
  return { recording: recordingOf(hosts, processes, events, { ...meta, limits }), notes };
}

/** The data files below a `data` directory, as plot.sh leaves them. Throws NsomemError IMPORT when there are none. */
export function dataFilesBelow(directory: string): string[] {
  let files: string[];
  try {
    files = (readdirSync(directory, { recursive: true }) as string[])
      .filter((name) => /(^|\/)mem_[^/]+\.log$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    throw new NsomemError("IMPORT", `cannot read ${directory}: ${describeError(error)}`);
  }
  if (files.length === 0)
    throw new NsomemError(
      "IMPORT",
      `no data files below ${directory}: expected ncs.smp/mem_ncs.smp.log and the like`,
    );
  return files;
}

function recordingOf(
  hosts: readonly HostSeries[],
  processes: readonly ProcessSeries[],
  events: HistoryEvent[],
  meta: RunMeta,
): Recording {
  const host = mergeHosts(hosts);
  const merged = mergeProcesses(processes);
  const firstMs = host.atMs[0] ?? 0;
  return {
    sinceMs: firstMs,
    untilMs: (host.atMs.at(-1) ?? firstMs) + 1,
    host,
    processes: merged.sort(byGroup),
    events: events.sort((a, b) => a.atMs - b.atMs),
    runs: [{ startedMs: firstMs, meta }],
  };
}

function readOldFile(path: string): { text: string; writtenMs: number } {
  try {
    return { text: readFileSync(path, "utf8"), writtenMs: statSync(path).mtimeMs };
  } catch (error) {
    throw new NsomemError("IMPORT", `cannot read ${shown(path)}: ${describeError(error)}`);
  }
}

/** By its first lines; the first may be cut. */
function isDataFile(text: string): boolean {
  return text
    .slice(0, 2000)
    .split("\n")
    .some((line) => parseDataLine(line) !== undefined);
}

/** One line at a time: a week's file is 36 MB, its lines as an array 100 MB more. */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, stop);
    start = stop + 1;
  }
}

function noteOf(file: string, taken: number, malformed: number): string {
  const refused = malformed > 0 ? `, ${malformed} lines not understood` : "";
  return `${shown(file)}: ${taken} measurements${refused}`;
}
