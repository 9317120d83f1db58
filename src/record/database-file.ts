/**
 * history.db before SQLite opens it: SQLite takes a path and follows links, so its three files are looked at first, in
 * a directory in which nobody else can change them meanwhile.
 */

import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { refuseForeign } from "../linux/private-directory.ts";
import { refuseUnfit } from "../linux/regular-file.ts";

/** Changes nothing. Throws NsomemError UNTRUSTED or FILE. */
export function checkDatabase(path: string): void {
  // A copy may lie in /tmp, where others can put files beside it but not in its place.
  refuseForeign(dirname(path), { isShared: true });
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found) refuseUnfit(file, found, { of: "own" });
  }
}
