/** The recording that a command was asked for: of the history, or of a stand-alone tool's data files. */

import { hostname } from "node:os";
import { NsomemError } from "../core/errors.ts";
import type { Recording, RunMeta } from "../core/recording.ts";
import { formatTime } from "../core/units.ts";
import { readExtent, readHistory } from "../record/read-history.ts";
import { resolvePaths } from "../record/paths.ts";
import { type Day, parseDay } from "../record/wall-clock.ts";
import { parseWindow, type Window } from "./window.ts";

/** Throws NsomemError NOTHING_RECORDED, saying what there is, when a window that was asked for holds nothing. */
export function readMeasured(
  args: {
    home?: string | undefined;
    name?: string | undefined;
    since?: string | undefined;
    until?: string | undefined;
  },
  nowMs: number,
): Recording {
  const { history } = resolvePaths({ home: args.home, name: args.name });
  const window = parseWindow(args, nowMs);
  const recording = readHistory(history, window);
  const asked = window.sinceMs !== undefined || window.untilMs !== undefined;
  if (asked && recording.host.atMs.length === 0) throw nothing(history, window);
  // What drew nothing before the garbage of reading was let go would hold it beside the pictures: 110 MB of a week.
  Bun.gc(true);
  return recording;
}

function nothing(path: string, { sinceMs, untilMs }: Window): NsomemError {
  const extent = readExtent(path);
  const there = extent
    ? `it has ${formatTime(extent.firstMs)} to ${formatTime(extent.lastMs)}`
    : "it has no measurement at all";
  const asked = [
    ...(sinceMs === undefined ? [] : [`since ${formatTime(sinceMs)}`]),
    ...(untilMs === undefined ? [] : [`until ${formatTime(untilMs)}`]),
  ].join(" ");
  return new NsomemError("NOTHING_RECORDED", `${path} has nothing ${asked}; ${there}`);
}

/** The day of `--date`. Throws NsomemError USAGE (exit 2). */
export function parseDate(text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (!day) throw new NsomemError("USAGE", `--date takes a day like "2026-01-13", not "${text}"`, 2);
  return day;
}

/** What can be said of a host whose old files are read: the inherited limits, and that it may be another host. */
export function oldMeta(version: string): RunMeta {
  const limits = { warningPercent: 90, criticalPercent: 95 };
  return {
    version: `${version} (imported)`,
    hostname: `${hostname()} (imported)`,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    limits: { physical: { ...limits }, allocated: { ...limits } },
  };
}
