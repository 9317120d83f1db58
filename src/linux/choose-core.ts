/** Which NSO core this agent is for: the only one, or the one that was named; never a guess. */

import type { Config } from "../core/config.ts";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { isStandIn } from "../core/nso.ts";
import { shown } from "../core/shown.ts";
import { type Core, findCores, readCore } from "./nso.ts";

/** Names a core: by PID, or by the `-conffile` of its command line. */
export type CoreChoice = Pick<Config["nso"], "pid" | "conffile">;

/** The chosen core, or undefined when there is none. Throws NsomemError AMBIGUOUS (exit 4) listing several. */
export function chooseCore(procDir: string, choice: CoreChoice): Core | undefined {
  if (choice.pid !== undefined) return readCore(procDir, choice.pid);
  // The demo's stand-in is not a core to rescue, unless its own configuration file was asked for.
  const cores = findCores(procDir).filter((core) =>
    choice.conffile === undefined ? !isStandIn(core.argv) : core.confFile === choice.conffile,
  );
  if (cores.length > 1) throw ambiguous(cores);
  return cores[0];
}

/** One line saying what was looked for (exit 4). */
export function notFound(procDir: string, choice: CoreChoice): NsomemError {
  const looked =
    choice.pid !== undefined
      ? `PID ${choice.pid} is not an NSO core (ncs.smp, beam.smp or ncs with "-boot ncs")`
      : `no NSO core is running: no process in ${procDir} is ncs.smp, beam.smp or ncs with "-boot ncs"` +
        (choice.conffile === undefined ? "" : ` and "-conffile ${shown(choice.conffile)}"`);
  return new NsomemError("NSO_NOT_FOUND", `${looked}; start NSO first, or use --wait`, exitCodes.nsoNotFound);
}

function ambiguous(cores: readonly Core[]): NsomemError {
  const rows = cores.map(
    (core) => `  --pid ${core.pid}   ${core.name} -conffile ${shown(core.confFile ?? "(none)")}`,
  );
  const message = [`${cores.length} NSO cores are running; choose one:`, ...rows].join("\n");
  return new NsomemError("NSO_AMBIGUOUS", message, exitCodes.nsoNotFound);
}
