/** One entry of nsomem's own logs as text: with its time and tone in front, or as JSON for Loki, Splunk and the like. */

import { lineLengthMax } from "./line.ts";
import { shownJson, shownText } from "./shown.ts";
import { formatTime } from "./units.ts";

export type Tone = "info" | "warning" | "error";

export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LogEntry {
  atMs: number;
  tone: Tone;
  text: string;
}

/** By severities of syslog(3), which are those of the journal too. */
export const severities: Readonly<Record<Tone, number>> = { info: 6, warning: 4, error: 3 };

/** JSON is one line, whole within what a log takes as a line: `{"time":"2026-…","level":"info","message":"…"}`. */
export function logLine({ atMs, tone, text }: LogEntry, format: LogFormat): string {
  const time = formatTime(atMs);
  if (format === "text") return `${time} [${tone.toUpperCase()}] ${text}`;
  const message = shownText(text);
  // A quote, a backslash and a newline are two characters in JSON; nothing else is longer.
  const cut = message.length <= messageLengthMax ? message : `${message.slice(0, messageLengthMax - 1)}…`;
  return shownJson({ time, level: tone, message: cut });
}

const messageLengthMax = (lineLengthMax - 96) / 2;

/** The time that an entry begins with, in either form; undefined for a line that has none. */
export function timeOfEntry(line: string): number | undefined {
  const text = /^(?:\{"time":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\s"]*)/.exec(line)?.[1];
  const atMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}
