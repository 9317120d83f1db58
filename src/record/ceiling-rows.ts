/** The limits of cgroups that bound in a window, a series each. */

import type { Database } from "bun:sqlite";
import type { CeilingSeries } from "../core/recording.ts";
import { shown } from "../core/shown.ts";
import { growingColumns, type RowOf } from "./columns.ts";
import { ceilingColumns } from "./series-columns.ts";
import { onlyRow } from "./sql.ts";
import { stretchFor, thinner } from "./thinner.ts";

const rowsMax = 1_500_000;
const watched = ["usedKib", "limitKib"] as const;
const nameLengthMax = 4096;

type FromTo = [fromMs: number, toMs: number];

/** By name. None in a file that an older version wrote. `thinnedMs` as for the host. */
export function readCeilings(
  db: Database,
  sinceMs: number,
  untilMs: number,
): { ceilings: CeilingSeries[]; thinnedMs: number } {
  if (!db.query("SELECT 1 FROM sqlite_schema WHERE name = 'binding'").get())
    return { ceilings: [], thinnedMs: 0 };
  const { count, first, last } = onlyRow(
    db.query<{ count: number; first: number | null; last: number | null }, FromTo>(
      "SELECT count(*) AS count, min(at_ms) AS first, max(at_ms) AS last FROM binding WHERE at_ms >= ? AND at_ms < ?",
    ),
    sinceMs,
    untilMs,
  );
  if (first === null || last === null) return { ceilings: [], thinnedMs: 0 };
  const names = db
    .query<{ id: number; name: string }, []>("SELECT id, name FROM ceiling ORDER BY name")
    .all();
  const thinnedMs = stretchFor(count, last - first, {
    rowsMax,
    keptAStretch: 2 * watched.length * names.length,
  });
  const ceilings = names
    .map(({ id, name }) => ({
      name: shown(name, nameLengthMax),
      ...readOne(db, id, { sinceMs, untilMs, thinnedMs }),
    }))
    .filter(({ atMs }) => atMs.length > 0);
  return { ceilings, thinnedMs };
}

interface Stretch {
  sinceMs: number;
  untilMs: number;
  thinnedMs: number;
}

function readOne(db: Database, id: number, { sinceMs, untilMs, thinnedMs }: Stretch) {
  const columns = growingColumns(ceilingColumns);
  const rows = thinnedMs > 0 ? thinner(columns, thinnedMs, watched) : columns;
  const select = db.prepare<
    { at: number; used: number | null; most: number | null },
    [number, number, number]
  >(
    `SELECT at_ms AS at, used_kib AS used, limit_kib AS most FROM binding
     WHERE ceiling_id = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms`,
  );
  for (const { at, used, most } of select.iterate(id, sinceMs, untilMs)) {
    const row: RowOf<typeof ceilingColumns> = [at, used, most];
    rows.push(row);
  }
  select.finalize();
  if ("flush" in rows) rows.flush();
  return columns.finish();
}
