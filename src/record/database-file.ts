/**
 * history.db before SQLite opens it: SQLite takes a path and follows links, so its three files are looked at first, in
 * a directory in which nobody else can change them meanwhile.
 */

import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { inPrivateDirectory, refuseForeign } from "../linux/private-directory.ts";
import { refuseUnfit } from "../linux/regular-file.ts";

/** The directory is made where it is not there. Throws NsomemError UNTRUSTED or FILE. */
export function checkToWrite(path: string): void {
  inPrivateDirectory(dirname(path), () => refuseUnfitFiles(path));
}

/** Changes nothing. Throws NsomemError UNTRUSTED or FILE. */
export function checkToRead(path: string): void {
  refuseForeign(dirname(path), { isShared: true });
  refuseUnfitFiles(path);
}

function refuseUnfitFiles(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found) refuseUnfit(file, found, { of: "own" });
  }
}
