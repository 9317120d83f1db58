/** Old measurements, read from the inherited data files and from monitor logs, as a recording. */

import { closeSync } from "node:fs";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { byGroup } from "../core/group.ts";
import { lineLengthMax } from "../core/line.ts";
import type { HistoryEvent, HostSeries, ProcessSeries, Recording, RunMeta } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { fileLines } from "../linux/file-lines.ts";
import { openRegular } from "../linux/regular-file.ts";
import { walkDirectory } from "../linux/walk-directory.ts";
import { parseDataFile } from "./data-file.ts";
import { parseDataLine } from "./data-line.ts";
import { mergeHosts, mergeProcesses } from "./merge.ts";
import { type LogDating, type MonitorLog, parseMonitorLog } from "./monitor-log.ts";
import { firstRefused, type Refused } from "./refused.ts";
import { type Day, formatDay } from "./wall-clock.ts";

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
    const found = readOldFile(file, firstDay);
    hosts.push(found.host);
    processes.push(...found.processes);
    events.push(...(found.log?.events ?? []));
    Object.assign(limits.physical, found.log?.limits.physical);
    Object.assign(limits.allocated, found.log?.limits.allocated);
    notes.push(
      ...notesOn(found, { hasDay: firstDay !== undefined }).map((note) => `${shown(file)}: ${note}`),
    );
  }
  return { recording: recordingOf(hosts, processes, events, { ...meta, limits }), notes };
}

/** What is to be said of a file. `hasDay`: the operator named the day of its first line. */
function notesOn({ taken, refused, firstDay }: OldFile, { hasDay }: { hasDay: boolean }): string[] {
  const first = firstRefused(refused);
  const notes = [
    `${taken} measurements${refused.count > 0 ? `, ${refused.count} lines not understood` : ""}`,
  ];
  if (first !== undefined) notes.push(`the first that was not understood is ${first}`);
  if (firstDay && !hasDay)
    notes.push(
      `its times have no day: the first is taken for ${formatDay(firstDay)}, by when the file was last written; --date DAY says otherwise`,
    );
  return notes;
}

/** The data files below a `data` directory, as plot.sh leaves them. Throws NsomemError IMPORT when there are none. */
export function dataFilesBelow(directory: string): string[] {
  let files: string[];
  try {
    files = walkDirectory(directory)
      .files.filter((name) => /(^|\/)mem_[^/]+\.log$/.test(name))
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

/** A year of one process at one line a second is 2 GiB; what is read is held in memory. */
const bytesMax = 1024 * 1024 * 1024;

/** What one file gave. */
interface OldFile {
  host: HostSeries;
  processes: ProcessSeries[];
  refused: Refused;
  /** The day that was taken for the first line, where the file's times have none. */
  firstDay: Day | undefined;
  /** How many measurements. */
  taken: number;
  /** What a monitor log has beside them. */
  log?: Pick<MonitorLog, "events" | "limits">;
}

/** One line at a time: a week's file is 36 MB, its lines as an array 100 MB more. */
function readOldFile(file: string, firstDay: Day | undefined): OldFile {
  try {
    const { descriptor, stats } = openRegular(file, { of: "anyone", bytesMax });
    try {
      const lines = fileLines(descriptor, { lengthMax: lineLengthMax });
      const dating = { firstDay, lastWrittenMs: stats.mtimeMs };
      return isDataFile(lines) ? readDataFile(file, lines, dating) : readMonitorLog(file, lines, dating);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof NsomemError && error.code === "IMPORT") throw error;
    throw new NsomemError("IMPORT", `cannot read ${shown(file)}: ${describeError(error)}`);
  }
}

function readDataFile(file: string, lines: Iterable<string>, dating: LogDating): OldFile {
  const { host, process, refused, firstDay } = parseDataFile(file, lines, dating);
  const processes = process && process.atMs.length > 0 ? [process] : [];
  return { host, processes, refused, firstDay, taken: host.atMs.length };
}

function readMonitorLog(file: string, lines: Iterable<string>, dating: LogDating): OldFile {
  const log = parseMonitorLog(lines, dating);
  if (log.readings > 0 || log.processes.length > 0) return { ...log, taken: log.readings, log };
  const first = firstRefused(log.refused);
  throw new NsomemError(
    "IMPORT",
    `${shown(file)} is neither a data file (HH:MM:SS and six numbers a line) nor a monitor log ("[MONITOR] …")${first === undefined ? "" : `; ${first}`}`,
  );
}

const headLines = 50;

/** By its first lines; the first may be cut. */
function isDataFile(lines: Iterable<string>): boolean {
  let count = 0;
  for (const line of lines) {
    if (parseDataLine(line) !== undefined) return true;
    if (++count >= headLines) return false;
  }
  return false;
}
