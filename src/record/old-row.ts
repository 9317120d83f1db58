/** What files of the original toolset, or of plot.sh run alone, hold: rows in the order of their times. */

import type { Limits } from "../core/level.ts";
import type { MemoryKind, ProcessSample } from "../core/reading.ts";
import type { HistoryEvent, HostSample } from "../core/recording.ts";
import type { Refused } from "./refused.ts";
import type { Day } from "./wall-clock.ts";

/**
 * One tick of a file, or an event between two. Its reader's until the next is asked for; samples and events are to be
 * kept.
 */
export interface OldRow {
  /** Milliseconds since the epoch; never before that of the row above. */
  atMs: number;
  /** Undefined for an event alone. */
  host: HostSample | undefined;
  samples: ProcessSample[];
  event: HistoryEvent | undefined;
}

/** What was found in a file: whole once its rows have been read to the end. */
export interface OldFound {
  /** How many measurements. */
  taken: number;
  /** Lines that are not understood, or whose time runs backwards. */
  refused: Refused;
  /** The day that was taken for the first line, where the file's times have none. */
  firstDay: Day | undefined;
  /** Where the lines of a monitor log say that levels begin. */
  limits: Record<MemoryKind, Partial<Limits>>;
}

/** A file being read: `rows` can be asked once. */
export interface OldRows {
  rows: Iterator<OldRow>;
  found: OldFound;
}

/** The lines of a file from its start, as often as they are iterated. */
export interface OldLines<Line> {
  lines: Iterable<Line>;
  /** The same, for a look ahead that does not count as progress. */
  ahead: Iterable<Line>;
}

/** How the times of a file that have no day are dated. */
export interface Dating {
  /** The day of the first line; absent: so that the last line falls on `lastWrittenMs`. */
  firstDay?: Day | undefined;
  lastWrittenMs: number;
}
