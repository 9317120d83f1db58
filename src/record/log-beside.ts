/** The day of a data file by the monitor log of the same run: the log's times have a day, the file's have none. */

import { closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { lineLengthMax, parseLine } from "../core/line.ts";
import { fileLines } from "../linux/file-lines.ts";
import { openRegular } from "../linux/regular-file.ts";
import { type Day, dayOf, daysBefore, wallClock } from "./wall-clock.ts";

export interface DayByLog {
  /** Of the data file's first line. */
  day: Day;
  log: string;
}

/** The tool begins its log and its data files in one second; another run's log is further away. */
const apartMsMax = 60_000;

/**
 * The day on which `clockSeconds` (since midnight, of the data file's first line) is within a minute of the first time
 * of a log: one of `logs`, or a `monitor.log` where the original toolset leaves it. Undefined where there is none.
 */
export function dayByLog(
  dataFile: string,
  clockSeconds: number,
  logs: readonly string[],
): DayByLog | undefined {
  for (const log of [...logs, ...usualLogs(dataFile)]) {
    const atMs = firstMomentOf(log);
    if (atMs === undefined) continue;
    // The day before and after, too: the one may begin right before midnight and the other right after it.
    for (const days of [0, 1, -1]) {
      const day = daysBefore(dayOf(atMs), days);
      if (Math.abs(wallClock(day).next(clockSeconds) - atMs) <= apartMsMax) return { day, log };
    }
  }
  return undefined;
}

/** `logs/monitor.log` of the toolset, whose tool lies in `lib/memory_utilization_tool`, and beside the tool itself. */
function usualLogs(dataFile: string): string[] {
  const toolDir = dirname(dirname(dirname(dataFile)));
  const places = [toolDir, join(toolDir, "logs"), join(toolDir, "../../logs"), join(toolDir, "../logs")];
  return places.map((place) => join(place, "monitor.log"));
}

/** A log whose first lines have no time has none further on either. */
const headBytes = 64 * 1024;

function firstMomentOf(log: string): number | undefined {
  try {
    const { descriptor, stats } = openRegular(log, { of: "anyone" });
    try {
      let hasDay = true;
      const clockMs = () => {
        hasDay = false;
        return Number.NaN;
      };
      const stamps = { latestMs: stats.mtimeMs, undatedMs: Number.NaN, clockMs };
      for (const line of fileLines(descriptor, { lengthMax: lineLengthMax, bytesMax: headBytes })) {
        const parsed = parseLine(line, stamps);
        if (!hasDay) return undefined;
        if (parsed.kind === "reading" && !Number.isNaN(parsed.reading.atMs)) return parsed.reading.atMs;
      }
      return undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
