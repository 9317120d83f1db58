/** How fast memory changes, by the last minute of the history: what `status` shows beside the agent's document. */

import type { Database } from "bun:sqlite";
import { isHostCeiling } from "../core/ceiling-name.ts";
import type { MemoryKind } from "../core/reading.ts";
import { type Trend, trendMs, trendOf, type UsePoint } from "../core/trend.ts";
import { withHistory } from "./read-only.ts";

export type Trends = Partial<Record<MemoryKind, Trend>>;

/** Of the minute before `untilMs`, each kind under its `ceiling`. Nothing where the history cannot be read. */
export function readTrends(
  path: string,
  untilMs: number,
  ceilings: Partial<Record<MemoryKind, string>>,
): Trends {
  try {
    return withHistory(path, (db) => {
      const { physical, allocated } = ceilings;
      const points = {
        physical: physical === undefined ? [] : physicalPoints(db, untilMs, physical),
        allocated: allocated === undefined ? [] : hostPoints(db, untilMs, "committed_kib"),
      };
      const trends: Trends = {};
      for (const kind of ["physical", "allocated"] as const) {
        const trend = trendOf(points[kind]);
        if (trend) trends[kind] = trend;
      }
      return trends;
    });
  } catch {
    return {};
  }
}

function physicalPoints(db: Database, untilMs: number, ceiling: string): UsePoint[] {
  if (isHostCeiling(ceiling)) return hostPoints(db, untilMs, "mem_used_kib");
  // The ceiling of now alone: what another cgroup holds does not compare with it.
  return db
    .query<UsePoint, [number, number]>(
      `SELECT max(at_ms) AS atMs, avg(used_kib) AS usedKib FROM binding
       WHERE at_ms > ? AND at_ms <= ? AND used_kib IS NOT NULL
         AND ceiling_id = (SELECT ceiling_id FROM binding ORDER BY at_ms DESC LIMIT 1)
       GROUP BY at_ms / 1000 ORDER BY 1`,
    )
    .all(untilMs - trendMs, untilMs);
}

/** One a second, whatever the interval of measuring. */
function hostPoints(db: Database, untilMs: number, column: "mem_used_kib" | "committed_kib"): UsePoint[] {
  return db
    .query<UsePoint, [number, number]>(
      `SELECT max(at_ms) AS atMs, avg(${column}) AS usedKib FROM tick
       WHERE at_ms > ? AND at_ms <= ? AND ${column} IS NOT NULL GROUP BY at_ms / 1000 ORDER BY 1`,
    )
    .all(untilMs - trendMs, untilMs);
}
