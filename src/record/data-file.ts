/** A data file of the original toolset or of a stand-alone plot.sh: one process and the host, a line a tick. */

import { basename, dirname } from "node:path";
import { groups, type ProcessGroup, processGroups } from "../core/group.ts";
import type { ProcessSample } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import { type LineInPiece, textOf } from "../linux/file-line-spans.ts";
import { clockOfBytes, type DataRow, emptyDataRow, parseDataBytes, parseDataLine } from "./data-line.ts";
import type { Dating, OldFound, OldLines, OldRow, OldRows } from "./old-row.ts";
import { countRefused, type RefusedCount } from "./refused.ts";
import { afterTick, type Day, dayOf, daysBefore, wallClock } from "./wall-clock.ts";

interface Owner {
  group: ProcessGroup;
  name: string;
}

/**
 * Whose file it is, by its inherited place: `ncs.smp/mem_ncs.smp.log`, `python3/mem_bgworker.log`. Undefined for a
 * total, which is computed from its parts.
 */
export function ownerOf(path: string): Owner | undefined {
  const name = /^mem_(.+?)\.log$/.exec(basename(path))?.[1] ?? basename(path, ".log");
  const directory = basename(dirname(path));
  const group =
    processGroups.find((one) => [directory, name].includes(groups[one].dataDirectory)) ?? "pythonvm";
  return group === "pythonvm" && name === "total" ? undefined : { group, name: shown(name) };
}

/** Looks ahead to count midnights where only the day of the last line is known. */
export function dataFileRows(path: string, { lines, ahead }: OldLines<LineInPiece>, dating: Dating): OldRows {
  const firstDay = dating.firstDay ?? firstDayOf(ahead, dating.lastWrittenMs);
  const refused = countRefused();
  const found: OldFound = { taken: 0, refused, firstDay, limits: { physical: {}, allocated: {} } };
  return { rows: rowsOf({ lines, owner: ownerOf(path), firstDay, refused, found }), found };
}

interface Parsing {
  lines: Iterable<LineInPiece>;
  owner: Owner | undefined;
  firstDay: Day;
  refused: RefusedCount;
  found: OldFound;
}

function* rowsOf({ lines, owner, firstDay, refused, found }: Parsing): Generator<OldRow> {
  const clock = wallClock(firstDay);
  const rowOfLine = rowReader();
  const oldRow = oldRowOf(owner);
  let lineNumber = 0;
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    lineNumber++;
    const row = rowOfLine(line);
    const atMs = row ? afterTick(clock.next(row.clockSeconds), previousMs) : Number.NaN;
    if (!row || atMs <= previousMs) {
      const text = textOf(line);
      const reason = row ? "its time is before that of the line above" : notOfForm;
      if (text.trim() !== "") refused.add(lineNumber, reason, text);
      continue;
    }
    previousMs = atMs;
    found.taken++;
    yield oldRow(row, atMs);
  }
}

const notOfForm = "not HH:MM:SS and six or seven numbers";

/** The row of a line, until it is asked for the next. */
function rowReader(): (line: LineInPiece) => DataRow | undefined {
  const known = emptyDataRow();
  return (line) => (parseDataBytes(line.bytes, line, known) ? known : parseDataLine(textOf(line)));
}

/** Each in the place of the one before, but for its sample: a million lines made eight million objects. */
function oldRowOf(owner: Owner | undefined): (row: DataRow, atMs: number) => OldRow {
  // The files do not say the mode.
  const none = { memUsedKib: 0, memTotalKib: 0, committedKib: 0, commitLimitKib: 0 };
  const host = { atMs: 0, ...none, overcommitMode: Number.NaN };
  const samples: ProcessSample[] = [];
  const known: OldRow = { atMs: 0, host, samples, event: undefined };
  return (row, atMs) => {
    known.atMs = atMs;
    host.atMs = atMs;
    host.memUsedKib = row.memUsedKib;
    host.memTotalKib = row.memTotalKib;
    host.committedKib = row.committedKib;
    host.commitLimitKib = row.commitLimitKib;
    samples.length = 0;
    const { rssKib, allocatedKib, pid = 0 } = row;
    if (owner && (rssKib !== 0 || allocatedKib !== 0))
      samples.push({ group: owner.group, name: owner.name, pid, atMs, rssKib, allocatedKib, children });
    return known;
  };
}

const children: ProcessSample["children"] = [];

/**
 * Of each minute's lines one is parsed: a midnight is in none of the others. (A line that is cut within the minute is
 * taken for a measurement here, which may count where the next is half a day away to the minute.)
 */
function firstDayOf(lines: Iterable<LineInPiece>, lastWrittenMs: number): Day {
  const lastDay = dayOf(lastWrittenMs);
  const clock = wallClock(lastDay);
  const rowOfLine = rowReader();
  let minute = -1;
  for (const line of lines) {
    let clockSeconds = clockOfBytes(line.bytes, line);
    if (clockSeconds === undefined || Math.floor(clockSeconds / 60) !== minute)
      clockSeconds = rowOfLine(line)?.clockSeconds;
    if (clockSeconds === undefined) continue;
    minute = Math.floor(clockSeconds / 60);
    clock.next(clockSeconds);
  }
  return daysBefore(lastDay, clock.midnights);
}
