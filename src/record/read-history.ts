/** Reads what was recorded between two times. */

import type { Database } from "bun:sqlite";
import type { Level } from "../core/level.ts";
import type { MemoryKind } from "../core/reading.ts";
import type { EventType, HistoryEvent, ProcessSeries, Recording, Run, RunMeta } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { readCeilings } from "./ceiling-rows.ts";
import { readHost } from "./host-rows.ts";
import { readProcesses } from "./process-rows.ts";
import { withHistory } from "./read-only.ts";
import { processIdSpan } from "./schema.ts";
import { onlyRow } from "./sql.ts";

/** Times in ms since 1970, `untilMs` not included. Absent: from the start of the last run, to the last tick or event. */
export interface Window {
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
}

/** Everything recorded in the window, from one snapshot of the file. Throws as `withHistory` does. */
export function readHistory(path: string, window: Window = {}): Recording {
  return withHistory(path, (db) => {
    db.run("BEGIN");
    return readWindow(db, window);
  });
}

/** From the first to the last tick of the file, undefined when it has none. Throws as `withHistory` does. */
export function readExtent(path: string): { firstMs: number; lastMs: number } | undefined {
  return withHistory(path, (db) => {
    const { first, last } = onlyRow(
      db.query<{ first: number | null; last: number | null }, []>(
        "SELECT min(at_ms) AS first, max(at_ms) AS last FROM tick",
      ),
    );
    return first === null || last === null ? undefined : { firstMs: first, lastMs: last };
  });
}

function readWindow(db: Database, window: Window): Recording {
  const runs = readRuns(db);
  const sinceMs = window.sinceMs ?? runs.at(-1)?.startedMs ?? 0;
  const untilMs = window.untilMs ?? Math.max(sinceMs, lastMs(db)) + 1;
  const { host: ticks, thinnedMs: hostThinnedMs } = readHost(db, sinceMs, untilMs);
  const { processes, thinnedMs: processesThinnedMs } = readProcesses(db, sinceMs, untilMs);
  const { ceilings, thinnedMs: ceilingsThinnedMs } = readCeilings(db, sinceMs, untilMs);
  const host = { ...ticks, atMs: sharedTimes(ticks.atMs, processes) };
  const thinnedMs = Math.max(hostThinnedMs, processesThinnedMs, ceilingsThinnedMs);
  return {
    sinceMs,
    untilMs,
    host,
    processes,
    ...(ceilings.length > 0 ? { ceilings } : {}),
    events: readEvents(db, sinceMs, untilMs),
    runs: runsOf(runs, sinceMs, untilMs),
    overcommitMode: readMode(db, sinceMs, untilMs),
    ...(thinnedMs > 0 ? { thinnedMs } : {}),
  };
}

/** The times of the processes, where those of the host are the same. */
function sharedTimes(atMs: Float64Array, processes: readonly ProcessSeries[]): Float64Array {
  const isSame = (own: Float64Array) =>
    own.length === atMs.length && own.every((ms, index) => ms === atMs[index]);
  return processes.find((process) => isSame(process.atMs))?.atMs ?? atMs;
}

/** A sample may be some ms later than the tick it came with, and what came of a crash dump has no tick after it. */
function lastMs(db: Database): number {
  const { tick, key, event } = onlyRow(
    db.query<{ tick: number | null; key: number | null; event: number | null }, []>(
      `SELECT (SELECT max(at_ms) FROM tick) AS tick, (SELECT max(key) FROM sample) AS key,
              (SELECT max(at_ms) FROM event) AS event`,
    ),
  );
  return Math.max(tick ?? 0, Math.floor((key ?? 0) / processIdSpan), event ?? 0);
}

type FromTo = [sinceMs: number, untilMs: number];

/** Of the last tick; an imported one has none. */
function readMode(db: Database, sinceMs: number, untilMs: number): number | undefined {
  const row = db
    .query<{ mode: number | null }, FromTo>(
      "SELECT overcommit_mode AS mode FROM tick WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT 1",
    )
    .get(sinceMs, untilMs);
  return row?.mode ?? undefined;
}

/** Older versions recorded what they were told as it came. */
const eventLengthMax = 1000;

interface EventRow {
  atMs: number;
  type: EventType;
  kind: MemoryKind | null;
  level: Level | null;
  text: string;
  incidentId: string | null;
}

function readEvents(db: Database, sinceMs: number, untilMs: number): HistoryEvent[] {
  const rows = db
    .query<EventRow, FromTo>(
      `SELECT at_ms AS atMs, type, kind, level, text, incident_id AS incidentId
       FROM event WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, id`,
    )
    .all(sinceMs, untilMs);
  return rows.map((row) => ({
    ...row,
    text: shown(row.text, eventLengthMax),
    kind: row.kind ?? undefined,
    level: row.level ?? undefined,
    incidentId: row.incidentId === null ? undefined : shown(row.incidentId),
  }));
}

/** All runs, oldest first; an imported one begins where its measurements do. */
function readRuns(db: Database): Run[] {
  const rows = db
    .query<{ startedMs: number; meta: string }, []>(
      "SELECT started_ms AS startedMs, meta FROM run ORDER BY started_ms, id",
    )
    .all();
  return rows.map(({ startedMs, meta }) => ({ startedMs, meta: JSON.parse(meta) as RunMeta }));
}

/** The runs that may have written into the window: the last that began before it, and those that began in it. */
function runsOf(runs: readonly Run[], sinceMs: number, untilMs: number): Run[] {
  const before = runs.findLast((run) => run.startedMs <= sinceMs);
  const within = runs.filter((run) => run.startedMs > sinceMs && run.startedMs < untilMs);
  return before ? [before, ...within] : within;
}
