/** Refuses files that are obeyed or run and that others could write. */

import { statSync } from "node:fs";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { complaintsFor, ownershipComplaints } from "../linux/ownership.ts";
import type { RegularFile } from "../linux/regular-file.ts";
import { runnerOf } from "../linux/run-as.ts";
import { isSameFile } from "../linux/same-file.ts";

/** Throws NsomemError UNTRUSTED (exit 2) with the commands that mend it. */
export function refuseUntrusted(path: string): void {
  refuseFor(ownershipComplaints(path), "");
}

/**
 * The same for an executable, which is run as ourselves; or as NSO's user, where the configuration says which one that
 * is and he at least may trust it.
 */
export function refuseUnsafe(path: string, nsoUid: number | undefined): void {
  const complaints = complaintsFor(path, runnerOf("ourselves"));
  if (complaints.length === 0 || (nsoUid !== undefined && complaintsFor(path, nsoUid).length === 0)) return;
  refuseFor(complaints, nsoUid === undefined ? hintAt(path) : "");
}

function hintAt(path: string): string {
  const { uid } = statSync(path);
  if (uid === 0 || complaintsFor(path, uid).length > 0) return "";
  return `\nor, if NSO runs as user ${uid}: set [nso] user = ${uid}, and it is run as that user`;
}

function refuseFor(complaints: readonly string[], hint: string): void {
  if (complaints.length === 0) return;
  throw untrusted(complaints.map((text) => `refused: ${text}`).join("\n") + hint);
}

/**
 * The same for a file that is open already: what is checked is what will be read. Once nobody else can change the way
 * to it, the path still has to lead to the open file. Throws NsomemError UNTRUSTED (exit 2).
 */
export function refuseUntrustedFile(path: string, { stats }: RegularFile): void {
  refuseUntrusted(path);
  const there = statSync(path, { throwIfNoEntry: false });
  if (isSameFile(there, stats)) return;
  throw untrusted(`refused: ${path} was replaced while it was read; try again`);
}

function untrusted(message: string): NsomemError {
  return new NsomemError("UNTRUSTED", message, exitCodes.usage);
}
