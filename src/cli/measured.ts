/** The part of the history that a command was asked for. */

import { NsomemError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";
import { formatTime } from "../core/units.ts";
import { readExtent, readHistory, type Window } from "../record/read-history.ts";
import { type HomeArgs, pathsOf } from "./options.ts";
import { parseWindow, type WindowArgs } from "./window.ts";

/** Throws NsomemError NOTHING_RECORDED, saying what there is, when a window was asked for and holds nothing. */
export function readMeasured(args: HomeArgs & WindowArgs, nowMs: number): Recording {
  const { history } = pathsOf(args);
  const window = parseWindow(args, nowMs);
  const recording = readHistory(history, window);
  const asked = window.sinceMs !== undefined || window.untilMs !== undefined;
  if (asked && recording.host.atMs.length === 0) throw nothing(history, window);
  // Reading a week leaves 110 MB of garbage. Without this it is still held while the pictures are drawn.
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
