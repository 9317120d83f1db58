/** A monitor log, ours or the original toolset's, as measurements: host values, processes, level changes. */

import type { Level, Limits } from "../core/level.ts";
import { parseLine, type ToolLine } from "../core/line.ts";
import { type MemoryKind, memoryKinds, type ProcessSample, type Reading } from "../core/reading.ts";
import type { HistoryEvent, HostSeries, ProcessSeries } from "../core/recording.ts";
import { percentOf } from "../core/units.ts";
import { type Columns, growingColumns } from "./columns.ts";
import { countRefused, type Refused } from "./refused.ts";
import { hostColumns, processColumns } from "./series-columns.ts";
import { afterTick, type Day, dayOf, daysBefore, wallClock } from "./wall-clock.ts";

export interface MonitorLog {
  host: HostSeries;
  processes: ProcessSeries[];
  events: HistoryEvent[];
  /** Where the lines say that levels begin. */
  limits: Record<MemoryKind, Partial<Limits>>;
  readings: number;
  /** Lines that are not understood, or whose time runs backwards. */
  refused: Refused;
  /** The day of the first line whose time is a clock alone. */
  firstDay: Day | undefined;
}

export interface LogDating {
  /** Absent: so that the last line falls on `lastWrittenMs`. */
  firstDay?: Day | undefined;
  lastWrittenMs: number;
}

/** The two lines of a tick are this close; a log without -v may have one of them alone. */
const tickMs = 900;

/** `lines` are asked twice where midnights must be counted; lines without any time are refused. */
export function parseMonitorLog(lines: Iterable<string>, { firstDay, lastWrittenMs }: LogDating): MonitorLog {
  const lastDay = dayOf(lastWrittenMs);
  const { log, midnights } = parseFrom(firstDay ?? lastDay, lines, lastWrittenMs);
  if (firstDay || midnights === 0) return log;
  return parseFrom(daysBefore(lastDay, midnights), lines, lastWrittenMs).log;
}

function parseFrom(
  firstDay: Day,
  lines: Iterable<string>,
  latestMs: number,
): { log: MonitorLog; midnights: number } {
  const clock = wallClock(firstDay);
  let hasClock = false;
  const clockMs = (seconds: number) => {
    hasClock = true;
    return clock.next(seconds);
  };
  const rows = logRows();
  let lineNumber = 0;
  for (const line of lines) {
    lineNumber++;
    if (line.trim() !== "")
      rows.add(parseLine(line, { latestMs, undatedMs: Number.NaN, clockMs }), line, lineNumber);
  }
  return { log: { ...rows.finish(), firstDay: hasClock ? firstDay : undefined }, midnights: clock.midnights };
}

/** What the lines of a log add up to. */
function logRows() {
  const host = hostRows();
  const processes = processRows();
  const levels: Record<MemoryKind, Level> = { physical: "normal", allocated: "normal" };
  const limits: MonitorLog["limits"] = { physical: {}, allocated: {} };
  const events: HistoryEvent[] = [];
  const refused = countRefused();
  let readings = 0;
  const addReading = (reading: Reading) => {
    readings++;
    const { kind, level } = reading;
    limits[kind][level === "critical" ? "criticalPercent" : "warningPercent"] = reading.thresholdPercent;
    if (level !== levels[kind]) events.push(changeOf(reading));
    levels[kind] = level;
  };
  return {
    add(parsed: ToolLine, line: string, lineNumber: number): void {
      const refuse = (reason: string) => refused.add(lineNumber, reason, line);
      if (parsed.kind === "malformed") refuse(parsed.reason);
      else if (parsed.kind === "other") refuse("neither a reading nor a sample");
      else if (parsed.kind === "reading") {
        if (Number.isNaN(parsed.reading.atMs)) refuse(noTime);
        else if (host.add(parsed.reading)) addReading(parsed.reading);
        else refuse(backwards);
      } else if (parsed.kind === "sample") {
        if (Number.isNaN(parsed.sample.atMs)) refuse(noTime);
        else if (!processes.add(parsed.sample)) refuse(backwards);
      }
    },
    finish: () => ({ host: host.finish(), processes: processes.finish(), events, limits, readings, refused }),
  };
}

const noTime = "no time, or one that cannot be told";
const backwards = "its time is not after what was read before";

function changeOf({ atMs, kind, level, usedKib, limitKib }: Reading): HistoryEvent {
  return { atMs, type: "level", kind, level, text: `${kind} ${percentOf(usedKib, limitKib)} %: ${level}` };
}

/** Joins the readings of a tick; a kind that the log does not have is NaN. */
function hostRows() {
  const columns = growingColumns(hostColumns);
  let tick: Partial<Record<MemoryKind, Reading>> = {};
  let startedMs = Number.NEGATIVE_INFINITY;
  let writtenMs = Number.NEGATIVE_INFINITY;
  const flush = () => {
    const { physical, allocated } = tick;
    tick = {};
    if (!physical && !allocated) return;
    writtenMs = startedMs;
    const [memUsedKib, memTotalKib] = pairOf(physical);
    columns.push([startedMs, memUsedKib, memTotalKib, ...pairOf(allocated)]);
  };
  return {
    /** False for a reading of a time that has passed already. */
    add(reading: Reading): boolean {
      if (tick[reading.kind] || Math.abs(reading.atMs - startedMs) > tickMs) flush();
      if (memoryKinds.every((kind) => tick[kind] === undefined)) {
        const atMs = afterTick(reading.atMs, writtenMs);
        if (atMs <= writtenMs) return false;
        startedMs = atMs;
      }
      tick[reading.kind] = reading;
      return true;
    },
    finish() {
      flush();
      return columns.finish();
    },
  };
}

function pairOf(reading: Reading | undefined): [usedKib: number, limitKib: number] {
  return reading ? [reading.usedKib, reading.limitKib] : [Number.NaN, Number.NaN];
}

interface ProcessRows {
  /** The first of them, for its group and name. */
  sample: ProcessSample;
  pids: Set<number>;
  columns: Columns<typeof processColumns>;
  lastMs: number;
}

function processRows() {
  const known = new Map<string, ProcessRows>();
  return {
    /** False for a sample of a time that has passed already. */
    add(sample: ProcessSample): boolean {
      const key = `${sample.group} ${sample.name}`;
      const process = known.get(key) ?? {
        sample,
        pids: new Set<number>(),
        columns: growingColumns(processColumns),
        lastMs: Number.NEGATIVE_INFINITY,
      };
      known.set(key, process);
      const atMs = afterTick(sample.atMs, process.lastMs);
      if (atMs <= process.lastMs) return false;
      process.lastMs = atMs;
      process.pids.add(sample.pid);
      process.columns.push([atMs, sample.rssKib, sample.allocatedKib]);
      return true;
    },
    finish: () =>
      [...known.values()].map(({ sample: { group, name }, pids, columns }) => ({
        ...{ group, name, pids: [...pids] },
        ...columns.finish(),
      })),
  };
}
