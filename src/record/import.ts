/** Old measurements, read from the inherited data files and from monitor logs, as a recording. */

import { closeSync } from "node:fs";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { byGroup } from "../core/group.ts";
import { lineLengthMax } from "../core/line.ts";
import type { HistoryEvent, HostSeries, ProcessSeries, Recording, RunMeta } from "../core/recording.ts";

import { shown } from "../core/shown.ts";

import { fileLines } from "../linux/file-lines.ts";
import { openRegular, readText } from "../linux/regular-file.ts";
import { walkDirectory } from "../linux/walk-directory.ts";

import { parseDataFile } from "./data-file.ts";

import { parseDataLine } from "./data-line.ts";
import { mergeHosts, mergeProcesses } from "./merge.ts";
import { type MonitorLog, parseMonitorLog } from "./monitor-log.ts";
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
    const found = readOldFile(file, firstDay);
    hosts.push(found.host);
    processes.push(...found.processes);
    events.push(...(found.log?.events ?? []));
    Object.assign(limits.physical, found.log?.limits.physical);
    Object.assign(limits.allocated, found.log?.limits.allocated);
    const refused = found.malformed > 0 ? `, ${found.malformed} lines not understood` : "";
    notes.push(`${shown(file)}: ${found.taken} measurements${refused}`);
  }
  return { recording: recordingOf(hosts, processes, events, { ...meta, limits }), notes };
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
  malformed: number;
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
      return isDataFile(readText(descriptor, Math.min(stats.size, headBytes)))
        ? readDataFile(file, lines, firstDay, stats.mtimeMs)
        : readMonitorLog(file, lines, firstDay ?? dayOf(stats.mtimeMs));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof NsomemError && error.code === "IMPORT") throw error;
    throw new NsomemError("IMPORT", `cannot read ${shown(file)}: ${describeError(error)}`);
  }
}

function readDataFile(
  file: string,
  lines: Iterable<string>,
  firstDay: Day | undefined,
  lastWrittenMs: number,
): OldFile {
  const { host, process, malformed } = parseDataFile(file, lines, { firstDay, lastWrittenMs });
  const processes = process && process.atMs.length > 0 ? [process] : [];
  return { host, processes, malformed, taken: host.atMs.length };
}

function readMonitorLog(file: string, lines: Iterable<string>, firstDay: Day): OldFile {
  const log = parseMonitorLog(lines, firstDay);
  if (log.readings > 0 || log.processes.length > 0) return { ...log, taken: log.readings, log };
  throw new NsomemError(
    "IMPORT",
    `${shown(file)} is neither a data file (HH:MM:SS and six numbers a line) nor a monitor log ("[MONITOR] …")`,
  );
}

const headBytes = 2000;

/** By its first lines; the first may be cut. */
function isDataFile(head: string): boolean {
  return head.split("\n").some((line) => parseDataLine(line) !== undefined);
}
