/** Refuses a file that is obeyed as root and that others could write. */

import { exitCodes, NsomemError } from "../core/errors.ts";
import { ownershipComplaints } from "../linux/ownership.ts";

/** Throws NsomemError UNTRUSTED (exit 2) with the commands that mend it, where this runs as root. */
export function refuseUntrusted(path: string): void {
  const complaints = ownershipComplaints(path);
  if (complaints.length === 0) return;
  const message = complaints.map((text) => `refused: ${text}`).join("\n");
  throw new NsomemError("UNTRUSTED", message, exitCodes.usage);
}
