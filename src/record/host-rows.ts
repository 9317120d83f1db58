/** The host's values in a window, as columns. */

import type { Database } from "bun:sqlite";
import type { HostSeries } from "../core/recording.ts";
import { growingColumns, type RowOf } from "./columns.ts";
import { hostColumns } from "./series-columns.ts";
import { onlyRow } from "./sql.ts";
import { stretchFor, thinner } from "./thinner.ts";

/** What came back, and of so many ms the lowest and the highest alone; 0: all of it. */
export interface HostRead {
  host: HostSeries;
  thinnedMs: number;
}

/** Weeks at 1 Hz; the fast ticks of a critical day are more, and are thinned. */
const rowsMax = 1_500_000;
/** The limits too: that one changed must not be lost. */
const watched = ["memUsedKib", "memTotalKib", "committedKib", "commitLimitKib"] as const;

type FromTo = [fromMs: number, toMs: number];

export function readHost(db: Database, sinceMs: number, untilMs: number): HostRead {
  const bounds = onlyRow(
    db.query<{ count: number; first: number | null; last: number | null }, FromTo>(
      "SELECT count(*) AS count, min(at_ms) AS first, max(at_ms) AS last FROM tick WHERE at_ms >= ? AND at_ms < ?",
    ),
    sinceMs,
    untilMs,
  );
  const columns = growingColumns(hostColumns);
  if (bounds.first === null || bounds.last === null) return { host: columns.finish(), thinnedMs: 0 };
  const stretchMs = stretchFor(bounds.count, bounds.last - bounds.first, {
    rowsMax,
    keptAStretch: 2 * watched.length,
  });
  const rows = stretchMs > 0 ? thinner(columns, stretchMs, watched) : columns;
  forEachTick(db, bounds.first, untilMs, (row) => rows.push(row));
  if ("flush" in rows) rows.flush();
  return { host: columns.finish(), thinnedMs: stretchMs };
}

interface TickRow {
  atMs: number;
  memUsed: number | null;
  memTotal: number | null;
  committed: number | null;
  commitLimit: number | null;
}

function forEachTick(
  db: Database,
  firstMs: number,
  endMs: number,
  take: (row: RowOf<typeof hostColumns>) => void,
): void {
  const select = db.prepare<TickRow, FromTo>(
    `SELECT at_ms AS atMs, mem_used_kib AS memUsed, mem_total_kib AS memTotal, committed_kib AS committed,
            commit_limit_kib AS commitLimit
     FROM tick WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms`,
  );
  for (const { atMs, memUsed, memTotal, committed, commitLimit } of select.iterate(firstMs, endMs))
    take([atMs, memUsed, memTotal, committed, commitLimit]);
  select.finalize();
}
