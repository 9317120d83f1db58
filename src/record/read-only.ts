/** history.db opened to be read, while an agent may be writing it. */

import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { checkDatabase } from "./database-file.ts";
import { schemaVersion } from "./schema.ts";
import { onlyRow } from "./sql.ts";

/**
 * What `read` makes of the file. Throws NsomemError NO_HISTORY when there is no file or nothing in it,
 * HISTORY_DAMAGED when it cannot be read, HISTORY_VERSION when a later nsomem wrote it; UNTRUSTED or FILE when it is
 * another user's: a copy of it can be read.
 */
export function withHistory<T>(path: string, read: (db: Database) => T): T {
  if (!existsSync(path))
    throw new NsomemError(
      "NO_HISTORY",
      `no history at ${path}; an agent writes it ("${hint("start")}"), or "${hint("import FILE")}" does`,
    );
  checkDatabase(path);
  let db: Database | undefined;
  try {
    db = openReadOnly(path);
    return read(db);
  } catch (error) {
    if (error instanceof NsomemError) throw error;
    throw new NsomemError("HISTORY_DAMAGED", `cannot read ${path}: ${describeError(error)}`);
  } finally {
    db?.close();
  }
}

function openReadOnly(path: string): Database {
  let db = new Database(path, { readonly: true });
  try {
    db.query("SELECT 1 FROM sqlite_schema").get();
  } catch (error) {
    // A directory that may not be written has no place for the shared index; without a log none is needed.
    const unwritable = /^SQLITE_(READONLY|CANTOPEN)/.test(errnoOf(error) ?? "");
    if (!unwritable || existsSync(`${path}-wal`)) throw error;
    db.close();
    const uri = `file:${path.split("/").map(encodeURIComponent).join("/")}?immutable=1`;
    db = new Database(uri, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
  }
  const found = onlyRow(db.query<{ user_version: number }, []>("PRAGMA user_version")).user_version;
  if (found === 0) throw new NsomemError("NO_HISTORY", `${path} holds no history yet`);
  if (found > schemaVersion)
    throw new NsomemError("HISTORY_VERSION", `${path} was written by a later nsomem; draw with that one`);
  return db;
}
