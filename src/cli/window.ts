/** `--since` and `--until`: a time ago, a time of day, a day, or a moment. */

import type { ArgsDef } from "citty";
import { usageError } from "../core/errors.ts";
import { formatTime, parseDurationMs } from "../core/units.ts";
import type { Window } from "../record/read-history.ts";

export const windowArgs = {
  since: {
    type: "string",
    valueHint: "TIME",
    description:
      'from here: "2h" ago, "13:05", "2026-11-23" or "2026-11-23T13:05" (default: the last run\'s start)',
  },
  until: {
    type: "string",
    valueHint: "TIME",
    description: "up to here, likewise (default: the last measurement)",
  },
} as const satisfies ArgsDef;

export interface WindowArgs {
  since?: string | undefined;
  until?: string | undefined;
}

/** Throws NsomemError USAGE (exit 2) for a text that is no time, and where `since` is not before `until`. */
export function parseWindow(args: WindowArgs, nowMs: number): Window {
  const sinceMs = args.since === undefined ? undefined : parseMoment("--since", args.since, nowMs);
  const untilMs = args.until === undefined ? undefined : parseMoment("--until", args.until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && untilMs <= sinceMs)
    throw usageError(`--since (${formatTime(sinceMs)}) is not before --until (${formatTime(untilMs)})`);
  return { ...(sinceMs === undefined ? {} : { sinceMs }), ...(untilMs === undefined ? {} : { untilMs }) };
}

/** Milliseconds since 1970. A time without an offset is in the time zone of this process. */
export function parseMoment(flag: string, text: string, nowMs: number): number {
  const moment = ago(text, nowMs) ?? timeOfDay(text, nowMs) ?? calendar(text);
  if (moment === undefined)
    throw usageError(`${flag} takes "2h", "13:05", "2026-11-23" or "2026-11-23T13:05", not "${text}"`);
  return moment;
}

function ago(text: string, nowMs: number): number | undefined {
  return /^\d+(\.\d+)?\s*(ms|s|m|h|d)$/.test(text.trim()) ? nowMs - parseDurationMs(text) : undefined;
}

/** That time today; yesterday where today's is still to come. */
function timeOfDay(text: string, nowMs: number): number | undefined {
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text.trim());
  if (!match) return undefined;
  // The seconds may be left out.
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const now = new Date(nowMs);
  const on = (day: number) =>
    new Date(now.getFullYear(), now.getMonth(), day, hour, minute, second).getTime();
  const today = on(now.getDate());
  return today <= nowMs ? today : on(now.getDate() - 1);
}

function calendar(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const [, , month, day] = match;
  // Date.parse takes a day alone as UTC and rolls 31 February over to March.
  const whole = match[4] === undefined ? `${text.trim()}T00:00` : text.trim().replace(" ", "T");
  const moment = Date.parse(whole);
  const isDay =
    new Date(Date.UTC(Number(match[1]), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return Number.isNaN(moment) || !isDay ? undefined : moment;
}
