/** A monitor log, ours or the original toolset's, as measurements: host values, processes, level changes. */

import { kindWords } from "../core/kind-words.ts";
import type { Level } from "../core/level.ts";
import { parseLine, type ToolLine } from "../core/line.ts";
import { type MemoryKind, memoryKinds, type ProcessSample, type Reading } from "../core/reading.ts";
import type { HistoryEvent, HostSample } from "../core/recording.ts";
import { percentOf } from "../core/units.ts";
import type { Dating, OldFound, OldLines, OldRow, OldRows } from "./old-row.ts";
import { countRefused, type RefusedCount } from "./refused.ts";
import { afterTick, type Day, dayOf, daysBefore, type WallClock, wallClock } from "./wall-clock.ts";

/** The two lines of a tick are this close; a log without -v may have one of them alone. */
const tickMs = 900;
/** Samples that wait for a reading: those of a tick of some thousand processes. A log may have no readings at all. */
const samplesMax = 10_000;

/**
 * Looks ahead where midnights must be counted; lines without any time are refused. `taken` counts readings.
 */
export function monitorLogRows(lines: OldLines<string>, dating: Dating): OldRows {
  const refused = countRefused();
  const found: OldFound = {
    taken: 0,
    refused,
    firstDay: undefined,
    limits: { physical: {}, allocated: {} },
  };
  return { rows: rowsOf(lines, dating, { found, refused }), found };
}

interface Counted {
  found: OldFound;
  refused: RefusedCount;
}

function* rowsOf(
  { lines, ahead }: OldLines<string>,
  dating: Dating,
  { found, refused }: Counted,
): Generator<OldRow> {
  let clock: WallClock | undefined;
  // At the first time that has no day: most logs have none of these.
  const clockMs = (seconds: number) => {
    found.firstDay ??= dating.firstDay ?? firstDayOf(ahead, dating.lastWrittenMs);
    clock ??= wallClock(found.firstDay);
    return clock.next(seconds);
  };
  const stamps = { latestMs: dating.lastWrittenMs, undatedMs: Number.NaN, clockMs };
  const rows = logRows(found);
  let lineNumber = 0;
  for (const line of lines) {
    lineNumber++;
    if (line.trim() === "") continue;
    const reason = rows.add(parseLine(line, stamps));
    if (reason !== undefined) refused.add(lineNumber, reason, line);
    yield* rows.ready();
  }
  rows.end();
  yield* rows.ready();
}

/** So that the last of the times without a day falls on the day of `lastWrittenMs`. */
function firstDayOf(lines: Iterable<string>, lastWrittenMs: number): Day {
  const lastDay = dayOf(lastWrittenMs);
  const clock = wallClock(lastDay);
  const stamps = { latestMs: lastWrittenMs, undatedMs: Number.NaN, clockMs: clock.next };
  for (const line of lines) parseLine(line, stamps);
  return daysBefore(lastDay, clock.midnights);
}

/** What the lines of a log add up to: a row once a tick is over, and one for each change of level. */
function logRows(found: OldFound) {
  const tick = tickOf();
  const levels: Record<MemoryKind, Level> = { physical: "normal", allocated: "normal" };
  const lastMs = new Map<string, number>();
  let samples: ProcessSample[] = [];
  let ready: OldRow[] = [];
  const give = (host: HostSample | undefined) => {
    if (!host) return;
    ready.push({ atMs: host.atMs, host, samples, event: undefined });
    samples = [];
  };
  const addReading = (reading: Reading): string | undefined => {
    if (Number.isNaN(reading.atMs)) return noTime;
    const { isTaken, ended } = tick.add(reading);
    give(ended);
    if (!isTaken) return backwards;
    found.taken++;
    const { kind, level, atMs } = reading;
    found.limits[kind][level === "critical" ? "criticalPercent" : "warningPercent"] =
      reading.thresholdPercent;
    if (level !== levels[kind]) ready.push({ atMs, host: undefined, samples: [], event: changeOf(reading) });
    levels[kind] = level;
    return undefined;
  };
  const addSample = (sample: ProcessSample): string | undefined => {
    if (Number.isNaN(sample.atMs)) return noTime;
    const key = `${sample.group} ${sample.name}`;
    const beforeMs = lastMs.get(key) ?? Number.NEGATIVE_INFINITY;
    const atMs = afterTick(sample.atMs, beforeMs);
    if (atMs <= beforeMs) return backwards;
    lastMs.set(key, atMs);
    if (samples.length < samplesMax) samples.push({ ...sample, atMs });
    return undefined;
  };
  return {
    /** Why the line gives nothing, or undefined. */
    add(parsed: ToolLine): string | undefined {
      switch (parsed.kind) {
        case "malformed":
          return parsed.reason;
        case "other":
          return "neither a reading nor a sample";
        case "reading":
          return addReading(parsed.reading);
        case "sample":
          return addSample(parsed.sample);
      }
    },
    end: () => give(tick.end()),
    /** Those since it was asked last. */
    ready(): OldRow[] {
      const rows = ready;
      if (rows.length > 0) ready = [];
      return rows;
    },
  };
}

const noTime = "no time, or one that cannot be told";
const backwards = "its time is not after what was read before";

function changeOf({ atMs, kind, level, usedKib, limitKib }: Reading): HistoryEvent {
  return {
    atMs,
    type: "level",
    kind,
    level,
    text: `${kindWords[kind]} ${percentOf(usedKib, limitKib)} %: ${level}`,
  };
}

/** Joins the readings of a tick; a kind that the log does not have is NaN. */
function tickOf() {
  let tick: Partial<Record<MemoryKind, Reading>> = {};
  let startedMs = Number.NEGATIVE_INFINITY;
  let endedMs = Number.NEGATIVE_INFINITY;
  const end = (): HostSample | undefined => {
    const { physical, allocated } = tick;
    tick = {};
    if (!physical && !allocated) return undefined;
    endedMs = startedMs;
    const [memUsedKib, memTotalKib] = pairOf(physical);
    const [committedKib, commitLimitKib] = pairOf(allocated);
    // Not in the lines.
    const overcommitMode = Number.NaN;
    return { atMs: startedMs, memUsedKib, memTotalKib, committedKib, commitLimitKib, overcommitMode };
  };
  return {
    /** Not taken: a reading of a time that has passed already. `ended`: the tick before, where this one begins another. */
    add(reading: Reading): { isTaken: boolean; ended: HostSample | undefined } {
      const isOver = tick[reading.kind] !== undefined || Math.abs(reading.atMs - startedMs) > tickMs;
      const ended = isOver ? end() : undefined;
      if (memoryKinds.every((kind) => tick[kind] === undefined)) {
        const atMs = afterTick(reading.atMs, endedMs);
        if (atMs <= endedMs) return { isTaken: false, ended };
        startedMs = atMs;
      }
      tick[reading.kind] = reading;
      return { isTaken: true, ended };
    },
    end,
  };
}

function pairOf(reading: Reading | undefined): [usedKib: number, limitKib: number] {
  return reading ? [reading.usedKib, reading.limitKib] : [Number.NaN, Number.NaN];
}
