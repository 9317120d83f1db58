/** The ids under which samples are kept of (group, name), and the PID that each had last. */

import type { Database } from "bun:sqlite";
import { processIdSpan } from "./schema.ts";
import type { Keep } from "./sql.ts";

export interface ProcessIds {
  /** Undefined when the key has no room for another name: 2,047 names were seen in one file. */
  idOf(group: string, name: string): number | undefined;
  notePid(id: number, pid: number, atMs: number): void;
  /** All of it is a cache of what is in the file. */
  forget(): void;
}

export function processIds(db: Database, keep: Keep): ProcessIds {
  const ids = new Map<string, Map<string, number>>();
  const pids = new Map<number, number>();
  const select = keep(
    db.prepare<{ id: number }, [group: string, name: string]>(
      "SELECT id FROM process WHERE grp = ? AND name = ?",
    ),
  );
  const insert = keep(
    db.prepare<{ id: number }, [group: string, name: string]>(
      `INSERT INTO process (grp, name) SELECT ?1, ?2 WHERE (SELECT count(*) FROM process) < ${processIdSpan - 1} RETURNING id`,
    ),
  );
  const insertPid = keep(
    db.prepare<never, [id: number, sinceMs: number, pid: number]>(
      "INSERT OR REPLACE INTO pid VALUES (?, ?, ?)",
    ),
  );
  return {
    idOf(group, name) {
      const known = ids.get(group)?.get(name);
      if (known !== undefined) return known;
      const row = select.get(group, name) ?? insert.get(group, name);
      if (row) ids.set(group, (ids.get(group) ?? new Map()).set(name, row.id));
      return row?.id;
    },
    notePid(id, pid, atMs) {
      if (pids.get(id) === pid) return;
      insertPid.run(id, Math.round(atMs), pid);
      pids.set(id, pid);
    },
    forget() {
      ids.clear();
      pids.clear();
    },
  };
}
