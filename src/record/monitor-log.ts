/** A monitor log, ours or the original toolset's, as measurements: host values, processes, level changes. */

import type { Level, Limits } from "../core/level.ts";
import { parseLine } from "../core/line.ts";
import { type MemoryKind, memoryKinds, type ProcessSample, type Reading } from "../core/reading.ts";
import type { HistoryEvent, HostSeries, ProcessSeries } from "../core/recording.ts";
import { percentOf } from "../core/units.ts";
import { type Columns, growingColumns } from "./columns.ts";
import { hostColumns, processColumns } from "./series-columns.ts";
import { type Day, parseStamp, wallClock } from "./wall-clock.ts";

export interface MonitorLog {
  host: HostSeries;
  processes: ProcessSeries[];
  events: HistoryEvent[];
  /** Where the lines say that levels begin. */
  limits: Record<MemoryKind, Partial<Limits>>;
  readings: number;
  malformed: number;
}

/** The two lines of a tick are this close; a log without -v may have one of them alone. */
const tickMs = 900;

/** `firstDay` dates stamps that are a clock alone; lines without any time are malformed. */
export function parseMonitorLog(lines: Iterable<string>, firstDay: Day): MonitorLog {
  const clock = wallClock(firstDay);
  const host = hostRows();
  const processes = processRows();
  const levels: Record<MemoryKind, Level> = { physical: "normal", allocated: "normal" };
  const limits: MonitorLog["limits"] = { physical: {}, allocated: {} };
  const events: HistoryEvent[] = [];
  let readings = 0;
  let malformed = 0;
  for (const line of lines) {
    const bracket = line.indexOf("[");
    const stampMs = isIso(line) ? 0 : parseStamp(line.slice(0, Math.max(0, bracket)), clock);
    const parsed = parseLine(line, stampMs ?? Number.NaN);
    if (parsed.kind === "malformed") malformed++;
    if (parsed.kind === "reading") {
      const { reading } = parsed;
      if (Number.isNaN(reading.atMs)) {
        malformed++;
        continue;
      }
      readings++;
      host.add(reading);
      limits[reading.kind][reading.level === "critical" ? "criticalPercent" : "warningPercent"] =
        reading.thresholdPercent;
      if (reading.level !== levels[reading.kind]) events.push(changeOf(reading));
      levels[reading.kind] = reading.level;
    }
    if (parsed.kind === "sample" && !Number.isNaN(parsed.sample.atMs)) processes.add(parsed.sample);
  }
  return { host: host.finish(), processes: processes.finish(), events, limits, readings, malformed };
}

function isIso(line: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d)/.test(line);
}

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
    if ((!physical && !allocated) || startedMs <= writtenMs) return;
    writtenMs = startedMs;
    const [memUsedKib, memTotalKib] = pairOf(physical);
    columns.push([startedMs, memUsedKib, memTotalKib, ...pairOf(allocated)]);
  };
  return {
    add(reading: Reading) {
      if (tick[reading.kind] || reading.atMs - startedMs > tickMs) flush();
      if (memoryKinds.every((kind) => tick[kind] === undefined)) startedMs = reading.atMs;
      tick[reading.kind] = reading;
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
    add(sample: ProcessSample) {
      const key = `${sample.group} ${sample.name}`;
      const process = known.get(key) ?? {
        sample,
        pids: new Set<number>(),
        columns: growingColumns(processColumns),
        lastMs: Number.NEGATIVE_INFINITY,
      };
      known.set(key, process);
      if (sample.atMs <= process.lastMs) return;
      process.lastMs = sample.atMs;
      process.pids.add(sample.pid);
      process.columns.push([sample.atMs, sample.rssKib, sample.allocatedKib]);
    },
    finish: () =>
      [...known.values()].map(({ sample: { group, name }, pids, columns }) => ({
        ...{ group, name, pids: [...pids] },
        ...columns.finish(),
      })),
  };
}
