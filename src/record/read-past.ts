/** What the history tells a new agent of the day before it: memory by the minute, and who held it by four minutes. */

import type { Database } from "bun:sqlite";
import { hostCeiling } from "../core/ceiling-name.ts";
import type { ProcessGroup } from "../core/group.ts";
import type { MemoryUse, ProcessUse } from "../core/growth.ts";
import type { MemoryKind } from "../core/reading.ts";
import type { RecordedMinute, RecordedPast } from "../core/recorded-past.ts";
import type { RunMeta } from "../core/recording.ts";
import { withHistory } from "./read-only.ts";
import { processIdSpan, sampleKeys } from "./schema.ts";
import { onlyRow } from "./sql.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** As in use-window.ts. */
const slotMs = 4 * minuteMs;
const usesMs = 96 * slotMs;

/**
 * Up to `untilMs`. Nothing where there is no history yet or it cannot be read, which whoever writes it says. A day at 1 Hz
 * takes 0.1 s, one at 50 Hz 2 s: for a thread that nobody waits for.
 */
export function readPast(path: string, meta: RunMeta, untilMs: number): RecordedPast {
  try {
    return withHistory(path, (db) => {
      const sinceMs = Math.max(untilMs - dayMs, sameBasisSinceMs(db, meta));
      const minutes = [...hostMinutes(db, meta, sinceMs, untilMs), ...cgroupMinutes(db, sinceMs, untilMs)];
      return { minutes, uses: readUses(db, minutes, Math.max(sinceMs, untilMs - usesMs), untilMs) };
    });
  } catch {
    return { minutes: [], uses: [] };
  }
}

/** What was measured on another basis does not compare. */
function sameBasisSinceMs(db: Database, { basis }: RunMeta): number {
  const runs = db
    .query<{ startedMs: number; meta: string }, []>(
      "SELECT started_ms AS startedMs, meta FROM run ORDER BY started_ms, id",
    )
    .all()
    .map(({ startedMs, meta }) => ({ startedMs, basis: (JSON.parse(meta) as RunMeta).basis }));
  const last = runs.findLastIndex((run) => run.basis !== basis);
  return last < 0 ? 0 : (runs[last + 1]?.startedMs ?? Number.POSITIVE_INFINITY);
}

type FromTo = [sinceMs: number, untilMs: number];
interface Extremes {
  minute: number;
  low: number | null;
  high: number | null;
}

function hostMinutes(
  db: Database,
  { hugePagesKib = 0 }: RunMeta,
  sinceMs: number,
  untilMs: number,
): RecordedMinute[] {
  const columns = { physical: "mem_used_kib", allocated: "committed_kib" };
  // As it is judged: huge pages, which the history counts as used, are no part of what NSO could get (facts 2.7).
  const less = { physical: hugePagesKib, allocated: 0 };
  return (["physical", "allocated"] as const).flatMap((kind) =>
    db
      .query<Extremes, FromTo>(
        `SELECT at_ms / ${minuteMs} AS minute, min(${columns[kind]}) AS low, max(${columns[kind]}) AS high
         FROM tick WHERE at_ms >= ? AND at_ms < ? GROUP BY 1`,
      )
      .all(sinceMs, untilMs)
      .flatMap((row) => minuteOf(kind, hostCeiling, row, less[kind])),
  );
}

function cgroupMinutes(db: Database, sinceMs: number, untilMs: number): RecordedMinute[] {
  // A file of an older version has no such table before it is opened to be written.
  const { tables } = onlyRow(
    db.query<{ tables: number }, []>("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'binding'"),
  );
  if (tables === 0) return [];
  return db
    .query<Extremes & { name: string }, FromTo>(
      `SELECT at_ms / ${minuteMs} AS minute, name, min(used_kib) AS low, max(used_kib) AS high
       FROM binding JOIN ceiling ON ceiling.id = ceiling_id WHERE at_ms >= ? AND at_ms < ? GROUP BY 1, 2`,
    )
    .all(sinceMs, untilMs)
    .flatMap((row) => minuteOf("physical", row.name, row, 0));
}

function minuteOf(
  kind: MemoryKind,
  ceiling: string,
  { minute, low, high }: Extremes,
  lessKib: number,
): RecordedMinute[] {
  if (low === null || high === null) return [];
  const atMs = (minute + 0.5) * minuteMs;
  return [{ kind, ceiling, atMs, lowKib: low - lessKib, highKib: high - lessKib }];
}

interface HeldRow {
  slot: number;
  id: number;
  grp: ProcessGroup;
  name: string;
  rssKib: number;
  pid: number | null;
}

/** Each process with its PID of that time, so that a restart is one. */
function readUses(
  db: Database,
  minutes: readonly RecordedMinute[],
  sinceMs: number,
  untilMs: number,
): MemoryUse[] {
  const rows = db
    .query<HeldRow, FromTo>(
      `SELECT held.*, grp, name, (SELECT pid.pid FROM pid WHERE process_id = held.id
         AND since_ms < (slot + 1) * ${slotMs} ORDER BY since_ms DESC LIMIT 1) AS pid
       FROM (SELECT key / ${processIdSpan * slotMs} AS slot, key % ${processIdSpan} AS id, min(rss_kib) AS rssKib
             FROM sample WHERE key >= ? AND key < ? GROUP BY 1, 2) AS held
       JOIN process ON process.id = held.id ORDER BY slot`,
    )
    .all(...sampleKeys(sinceMs, untilMs));
  return [...Map.groupBy(rows, ({ slot }) => slot)].map(([slot, held]): MemoryUse => {
    const processes = held.map(
      ({ grp, name, pid, rssKib }): ProcessUse => ({
        group: grp,
        name,
        pid: pid ?? 0,
        startTicks: 0,
        rssKib,
      }),
    );
    const own = processes.reduce((sum, { rssKib }) => sum + rssKib, 0);
    const used = lowestUse(minutes, slot);
    return {
      atMs: slot * slotMs,
      ceiling: used?.ceiling ?? hostCeiling,
      restKib: Math.max(0, (used?.lowKib ?? own) - own),
      processes,
    };
  });
}

/** A cgroup bound where it is recorded: its rows come after the host's. */
function lowestUse(minutes: readonly RecordedMinute[], slot: number): RecordedMinute | undefined {
  const within = minutes.filter(
    ({ kind, atMs }) => kind === "physical" && Math.floor(atMs / slotMs) === slot,
  );
  const ceiling = within.at(-1)?.ceiling;
  return within
    .filter((one) => one.ceiling === ceiling)
    .reduce<RecordedMinute | undefined>(
      (low, one) => (low && low.lowKib <= one.lowKib ? low : one),
      undefined,
    );
}
