/** Refuses files that are obeyed or run as root and that others could write. */

import { statSync } from "node:fs";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { complaintsFor, ownershipComplaints } from "../linux/ownership.ts";
import { runnerOf } from "../linux/run-as.ts";

/** Throws NsomemError UNTRUSTED (exit 2) with the commands that mend it, where this runs as root. */
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
  const message = complaints.map((text) => `refused: ${text}`).join("\n");
  throw new NsomemError("UNTRUSTED", `${message}${hint}`, exitCodes.usage);
}
