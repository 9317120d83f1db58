/** Old measurements, read from the inherited data files and from monitor logs. */

import { closeSync } from "node:fs";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { lineLengthMax } from "../core/line.ts";
import type { RunMeta } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { fileLineSpans } from "../linux/file-line-spans.ts";
import { fileLines } from "../linux/file-lines.ts";
import { openRegular } from "../linux/regular-file.ts";
import { walkDirectory } from "../linux/walk-directory.ts";
import { dataFileRows } from "./data-file.ts";
import { parseDataLine } from "./data-line.ts";
import { dayByLog } from "./log-beside.ts";
import { mergedRows } from "./merge.ts";
import { monitorLogRows } from "./monitor-log.ts";
import type { OldRow, OldRows } from "./old-row.ts";
import { firstRefused } from "./refused.ts";
import { type Day, formatDay } from "./wall-clock.ts";

/** Several files, read together. */
export interface OldFiles {
  /** By time; to be asked once. */
  rows: Iterable<OldRow>;
  /** `meta` with the limits that the files name. After the last row. */
  meta(): RunMeta;
  /** What each file gave, and what could not be read of it, a sentence each. After the last row. */
  notes(): string[];
  close(): void;
}

export interface OldFilesOptions {
  files: readonly string[];
  /** The day of each file's first line; absent: by the file's time of modification. */
  firstDay?: Day | undefined;
  meta: RunMeta;
  /** So many bytes of all files have been read. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * Nothing is held in memory but a row of each file. Throws NsomemError IMPORT naming the file that is neither kind or
 * cannot be read; also while rows are read.
 */
export function openOldFiles({ files, firstDay, meta, onRead }: OldFilesOptions): OldFiles {
  const opened: OldFile[] = [];
  let readBytes = 0;
  const countRead = (bytes: number) => {
    readBytes += bytes;
    onRead?.(readBytes);
  };
  const close = () => {
    for (const { descriptor } of opened) closeSync(descriptor);
    opened.length = 0;
  };
  try {
    for (const file of files) opened.push(openOldFile(file, { firstDay, logs: files, onRead: countRead }));
  } catch (error) {
    close();
    throw error;
  }
  const known = [...opened];
  return {
    rows: mergedRows(known.map(({ rows }) => rows)),
    meta() {
      const limits = { physical: { ...meta.limits.physical }, allocated: { ...meta.limits.allocated } };
      for (const { found } of known) {
        Object.assign(limits.physical, found.limits.physical);
        Object.assign(limits.allocated, found.limits.allocated);
      }
      return { ...meta, limits };
    },
    notes: () =>
      known.flatMap((one) =>
        notesOn(one, { hasDay: firstDay !== undefined }).map((note) => `${shown(one.file)}: ${note}`),
      ),
    close,
  };
}

/** What is to be said of a file. `hasDay`: the operator named the day of its first line. */
function notesOn(
  { found: { taken, refused, firstDay }, log }: OldFile,
  { hasDay }: { hasDay: boolean },
): string[] {
  const first = firstRefused(refused);
  const notes = [
    `${taken} measurements${refused.count > 0 ? `, ${refused.count} lines not understood` : ""}`,
  ];
  if (first !== undefined) notes.push(`the first that was not understood is ${first}`);
  if (firstDay && !hasDay) {
    const by =
      log === undefined ? "by when the file was last written" : `by ${shown(log)}, which begins with it`;
    notes.push(
      `its times have no day: the first is taken for ${formatDay(firstDay)}, ${by}; --date DAY says otherwise`,
    );
  }
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

/** Half a year of one process at a line a second; what is larger is no file of the toolset. */
const bytesMax = 1024 * 1024 * 1024;

interface OldFile extends OldRows {
  file: string;
  descriptor: number;
  /** The monitor log that its day was taken from. */
  log: string | undefined;
}

/** How a file is dated: by the operator, else by one of `logs` or a log beside the file. */
interface DatedBy {
  firstDay: Day | undefined;
  logs: readonly string[];
  onRead: (bytes: number) => void;
}

function openOldFile(file: string, by: DatedBy): OldFile {
  try {
    const { descriptor, stats } = openRegular(file, { of: "anyone", bytesMax });
    try {
      return { file, descriptor, ...rowsOf(file, { descriptor, lastWrittenMs: stats.mtimeMs }, by) };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    if (error instanceof NsomemError && error.code === "IMPORT") throw error;
    throw new NsomemError("IMPORT", `cannot read ${shown(file)}: ${describeError(error)}`);
  }
}

/** Of a monitor log the first row is read, so that a file of another kind is known before anything is written. */
function rowsOf(
  file: string,
  { descriptor, lastWrittenMs }: { descriptor: number; lastWrittenMs: number },
  { firstDay, logs, onRead }: DatedBy,
): OldRows & Pick<OldFile, "log"> {
  const ahead = fileLines(descriptor, { lengthMax: lineLengthMax });
  const clockSeconds = dataFileClock(ahead);
  if (clockSeconds !== undefined) {
    const byLog = firstDay ? undefined : dayByLog(file, clockSeconds, logs);
    const dating = { firstDay: firstDay ?? byLog?.day, lastWrittenMs };
    const lines = { lines: fileLineSpans(descriptor, onRead), ahead: fileLineSpans(descriptor) };
    return { ...dataFileRows(file, lines, dating), log: byLog?.log };
  }
  const lines = fileLines(descriptor, { lengthMax: lineLengthMax, onRead });
  const log = monitorLogRows({ lines, ahead }, { firstDay, lastWrittenMs });
  const first = log.rows.next();
  if (!first.done) return { found: log.found, rows: resumed(first.value, log.rows), log: undefined };
  const refused = firstRefused(log.found.refused);
  throw new NsomemError(
    "IMPORT",
    `${shown(file)} is neither a data file (HH:MM:SS and six numbers a line) nor a monitor log ("[MONITOR] …")${refused === undefined ? "" : `; ${refused}`}`,
  );
}

function* resumed(first: OldRow, rest: Iterator<OldRow>): Generator<OldRow> {
  yield first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

const headLines = 50;

/** The time of day of a data file's first measurement; undefined for a file of another kind, by its first lines. */
function dataFileClock(lines: Iterable<string>): number | undefined {
  let count = 0;
  for (const line of lines) {
    const row = parseDataLine(line);
    if (row) return row.clockSeconds;
    if (++count >= headLines) return undefined;
  }
  return undefined;
}
