/** The numbers under which the history keeps the names of ceilings. */

import type { Database } from "bun:sqlite";
import type { Keep } from "./sql.ts";

export interface CeilingIds {
  /** Undefined where there are too many names already. */
  idOf(name: string): number | undefined;
  /** After a transaction that was rolled back. */
  forget(): void;
}

/** A cgroup of each start of NSO may have a name of its own; more than these in one history are not told apart. */
const namesMax = 1000;

export function ceilingIds(db: Database, keep: Keep): CeilingIds {
  const select = keep(db.prepare<{ id: number }, [string]>("SELECT id FROM ceiling WHERE name = ?"));
  const insert = keep(
    db.prepare<never, [string]>(
      `INSERT INTO ceiling (name) SELECT ?1 WHERE (SELECT count(*) FROM ceiling) < ${namesMax}`,
    ),
  );
  let known = new Map<string, number>();
  return {
    idOf(name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      if (!select.get(name)) insert.run(name);
      const id = select.get(name)?.id;
      if (id !== undefined) known.set(name, id);
      return id;
    },
    forget() {
      known = new Map();
    },
  };
}
