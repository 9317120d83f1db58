/** The permission to signal the NSO that runs on this host. */

import { NsomemError } from "../core/errors.ts";
import { type CoreChoice, rankedCores } from "../linux/choose-core.ts";
import type { Decoys } from "./decoy.ts";

/** Signal 0 asks for the permission and sends nothing. Throws NsomemError PERMISSION. */
export function checkPermission(
  procDir: string,
  choice: CoreChoice,
  decoys: Pick<Decoys, "includes">,
): string {
  const cores = rankedCores(procDir, choice).taken.filter((core) => !decoys.includes(core));
  if (cores.length === 0) return "no NSO is running: nothing to check";
  for (const core of cores)
    try {
      process.kill(core.pid, 0);
    } catch {
      throw new NsomemError(
        "PERMISSION",
        `PID ${core.pid} may not be signalled; run as root or as NSO's user`,
      );
    }
  return cores.map((core) => `PID ${core.pid} may be signalled`).join("; ");
}
