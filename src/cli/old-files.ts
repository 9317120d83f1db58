/** Files of the original toolset, or of plot.sh run alone, read as a recording. */

import { hostname } from "node:os";
import { usageError } from "../core/errors.ts";
import type { Recording, RunMeta } from "../core/recording.ts";
import { version } from "../core/version.ts";
import { type Day, parseDay } from "../record/wall-clock.ts";
import { print } from "../ui/print.ts";

/** The day of `--date`. Throws NsomemError USAGE (exit 2). */
export function parseDate(text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (!day) throw usageError(`--date takes a day like "2026-01-13", not "${text}"`);
  return day;
}

/** The files of `dir` and below it as one recording. `firstDay` is as for `recordingOf`. */
export async function recordingBelow(dir: string, firstDay: Day | undefined): Promise<Recording> {
  const { dataFilesBelow } = await import("../record/import.ts");
  return await recordingOf(dataFilesBelow(dir), firstDay);
}

/**
 * `files` as one recording; what could not be read of them is printed. `firstDay` is the day of each file's first
 * line; without it the time of the file's last change decides.
 */
export async function recordingOf(files: readonly string[], firstDay: Day | undefined): Promise<Recording> {
  const { readOldFiles } = await import("../record/import.ts");
  const { recording, notes } = readOldFiles({ files, firstDay, meta: oldMeta() });
  for (const note of notes) print(note);
  return recording;
}

/** The files do not say which host and limits they are of: this host, marked as imported, and the inherited limits. */
function oldMeta(): RunMeta {
  const limits = { warningPercent: 90, criticalPercent: 95 };
  return {
    version: `${version} (imported)`,
    hostname: `${hostname()} (imported)`,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    limits: { physical: { ...limits }, allocated: { ...limits } },
  };
}
