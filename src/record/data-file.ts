/** A data file of the original toolset or of a stand-alone plot.sh: one process and the host, a line a tick. */

import { basename, dirname } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { groups, type ProcessGroup, processGroups } from "../core/group.ts";
import type { HostSeries, ProcessSeries } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { growingColumns } from "./columns.ts";
import { parseDataLine } from "./data-line.ts";
import { countRefused, type Refused } from "./refused.ts";
import { hostColumns, processColumns } from "./series-columns.ts";
import { afterTick, type Day, dayOf, daysBefore, wallClock } from "./wall-clock.ts";

export interface DataFile {
  host: HostSeries;
  /** Undefined for a total, which is computed from its parts. */
  process?: ProcessSeries | undefined;
  /** Lines that are not of the form, or whose time runs backwards. */
  refused: Refused;
  firstDay: Day;
}

/** Whose file it is, by its inherited place: `ncs.smp/mem_ncs.smp.log`, `python3/mem_bgworker.log`. */
export function ownerOf(path: string): { group: ProcessGroup; name: string } | undefined {
  const name = /^mem_(.+?)\.log$/.exec(basename(path))?.[1] ?? basename(path, ".log");
  const directory = basename(dirname(path));
  const group =
    processGroups.find((one) => [directory, name].includes(groups[one].dataDirectory)) ?? "pythonvm";
  return group === "pythonvm" && name === "total" ? undefined : { group, name: shown(name) };
}

export interface Dating {
  /** The day of the first line; absent: so that the last line falls on `lastWrittenMs`. */
  firstDay?: Day | undefined;
  lastWrittenMs: number;
}

/** 13 weeks at one a second: 500 MB of columns. */
const linesMax = 8_000_000;

/**
 * `lines` may be asked twice: once to count midnights, when only the day of the last line is known. Throws NsomemError
 * IMPORT for too many.
 */
export function parseDataFile(path: string, lines: Iterable<string>, dating: Dating): DataFile {
  const firstDay = dating.firstDay ?? firstDayOf(lines, dating.lastWrittenMs);
  const clock = wallClock(firstDay);
  const host = growingColumns(hostColumns);
  const process = growingColumns(processColumns);
  const pids = new Set<number>();
  const refused = countRefused();
  let lineNumber = 0;
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    if (++lineNumber > linesMax)
      throw new NsomemError(
        "IMPORT",
        `${path} has more than ${linesMax} lines; split it, and import the parts`,
      );
    if (line.trim() === "") continue;
    const row = parseDataLine(line);
    const atMs = row ? afterTick(clock.next(row.clockSeconds), previousMs) : Number.NaN;
    if (!row || atMs <= previousMs) {
      refused.add(lineNumber, row ? "its time is before that of the line above" : notOfForm, line);
      continue;
    }
    previousMs = atMs;
    host.push([atMs, row.memUsedKib, row.memTotalKib, row.committedKib, row.commitLimitKib]);
    if (row.rssKib === 0 && row.allocatedKib === 0) continue;
    process.push([atMs, row.rssKib, row.allocatedKib]);
    if (row.pid !== undefined) pids.add(row.pid);
  }
  const owner = ownerOf(path);
  return {
    host: host.finish(),
    process: owner && { ...owner, pids: [...pids], ...process.finish() },
    refused,
    firstDay,
  };
}

const notOfForm = "not HH:MM:SS and six or seven numbers";

function firstDayOf(lines: Iterable<string>, lastWrittenMs: number): Day {
  const lastDay = dayOf(lastWrittenMs);
  const clock = wallClock(lastDay);
  for (const line of lines) {
    const row = parseDataLine(line);
    if (row) clock.next(row.clockSeconds);
  }
  return daysBefore(lastDay, clock.midnights);
}
