/** Whether a binary is where a service may run it from. */

import { realpathSync } from "node:fs";
import { usageError } from "../core/errors.ts";
import { ownershipComplaints } from "../linux/ownership.ts";

/** The unit hides these, or they are emptied: what is there today is not there at the next boot. */
const passingPlaces = /^\/(?:home|root|tmp|var\/tmp|run|dev)\//;

/**
 * The path for the unit's command line. Throws NsomemError USAGE (exit 2) where another user could replace the binary,
 * which the unit runs as root or NSO's user, or where it does not stay.
 */
export function fitBinary(path: string): string {
  const real = realpathSync(path);
  const mend = "install it first: install -m 0755 nsomem /usr/local/bin/nsomem, and call that one";
  if (passingPlaces.test(real)) throw usageError(`${real} is no place for the binary of a service; ${mend}`);
  const [complaint] = ownershipComplaints(path);
  if (complaint !== undefined) throw usageError(`${complaint}; or ${mend}`);
  return path;
}
