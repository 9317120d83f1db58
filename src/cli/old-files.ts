/** Files of the original toolset, or of plot.sh run alone, read as a recording. */

import { hostname } from "node:os";
import type { ArgsDef } from "citty";
import { usageError } from "../core/errors.ts";
import type { Recording, RunMeta } from "../core/recording.ts";
import { version } from "../core/version.ts";
import type { OldFiles } from "../record/import.ts";
import { type Day, parseDay } from "../record/wall-clock.ts";
import { print } from "../ui/print.ts";
import { readMeasured } from "./measured.ts";
import type { HomeArgs } from "./options.ts";
import type { WindowArgs } from "./window.ts";

/** Of the commands that also read plot.sh's data files. */
export const dataArgs = {
  data: {
    type: "string",
    valueHint: "DIR",
    description: "plot.sh's data files below DIR instead of the history",
  },
  date: {
    type: "string",
    valueHint: "DAY",
    description: "with --data: the day of the first line (default: by the files' time of modification)",
  },
} as const satisfies ArgsDef;

export interface DataArgs extends HomeArgs, WindowArgs {
  data?: string | undefined;
  date?: string | undefined;
}

/**
 * What `--data` names, else the part of the history that was asked for. Throws as its two sources do. `say` gets what
 * each file gave.
 */
export async function readAsked(
  args: DataArgs,
  nowMs: number,
  say: (note: string) => void = print,
): Promise<Recording> {
  const firstDay = parseDate(args.date);
  if (args.data !== undefined && (args.since ?? args.until) !== undefined)
    throw usageError("--since and --until choose from the history: data files (--data) are read whole");
  if (args.data !== undefined) return await recordingBelow(args.data, firstDay, say);
  if (args.date !== undefined) throw usageError("--date is the day of data files: it needs --data DIR");
  return readMeasured(args, nowMs);
}

/** The day of `--date`. Throws NsomemError USAGE (exit 2). */
export function parseDate(text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (!day) throw usageError(`--date takes a day like "2026-01-13", not "${text}"`);
  return day;
}

/** The files of `dir` and below it as one recording; `firstDay` is as for `openFiles`. */
async function recordingBelow(
  dir: string,
  firstDay: Day | undefined,
  say: (note: string) => void,
): Promise<Recording> {
  const { dataFilesBelow } = await import("../record/import.ts");
  const { recordingOf } = await import("../record/old-recording.ts");
  const files = await openFiles(dataFilesBelow(dir), firstDay);
  try {
    const recording = recordingOf(files);
    for (const note of files.notes()) say(note);
    return recording;
  } finally {
    files.close();
  }
}

/** `firstDay` is the day of each file's first line; without it the time of the file's last change decides. */
export async function openFiles(
  files: readonly string[],
  firstDay: Day | undefined,
  onRead?: (bytes: number) => void,
): Promise<OldFiles> {
  const { openOldFiles } = await import("../record/import.ts");
  return openOldFiles({ files, firstDay, meta: oldMeta(), onRead });
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
