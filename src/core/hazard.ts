/** What would end NSO before its crash dump is complete, though nsomem does all it can: in one line, with the way out. */

import { earlyoomPercent, type OomDaemon } from "./oom-daemon.ts";
import type { UnitFacts } from "./unit.ts";

export interface Hazard {
  /** A short stable name, as that of a check. */
  name: string;
  found: string;
  mend: string;
}

export interface Surroundings {
  /** Undefined where there is no unit, or nothing is known of it. */
  unit: UnitFacts | undefined;
  daemons: readonly OomDaemon[];
  memTotalKib: number;
  swapTotalKib: number;
}

/** Of those that kill before the kernel does. */
export function daemonHazards(around: Surroundings, criticalPercent: number): Hazard[] {
  return around.daemons.flatMap((daemon) => daemonHazard(daemon, around, criticalPercent) ?? []);
}

/** In one line, for the log and the status. */
export function hazardText({ found, mend }: Hazard): string {
  return `${found}: ${mend}`;
}

function daemonHazard(daemon: OomDaemon, around: Surroundings, criticalPercent: number): Hazard | undefined {
  const name = "other OOM daemons";
  const who = `${daemon.name} (PID ${daemon.pid})`;
  switch (daemon.name) {
    case "earlyoom": {
      const percent = earlyoomPercent(daemon.argv, around.memTotalKib);
      const leastPercent = 100 - criticalPercent;
      if (percent < leastPercent) return undefined;
      const after = Math.max(1, Math.ceil(leastPercent) - 1);
      return {
        name,
        found: `${who} sends SIGTERM at ${percent} % free, before NSO is made to write its crash dump at ${leastPercent} %, and NSO's core would be the first`,
        mend: `start it with -m ${after},${Math.max(1, Math.floor(after / 2))} --avoid '^(ncs|beam)\\.smp$' (EARLYOOM_ARGS in /etc/default/earlyoom); --avoid alone takes 300 off a badness of up to 1333`,
      };
    }
    case "systemd-oomd": {
      const { unit } = around;
      const managed = unit?.managed.find(({ by }) => by !== "ManagedOOMSwap" || around.swapTotalKib > 0);
      if (!unit || !managed) return undefined;
      const { id, by } = managed;
      return {
        name,
        found: `${who} may kill all of ${unit.unit} (${by}=kill in ${id})`,
        mend: `set ManagedOOMPreference=omit in ${unit.unit}`,
      };
    }
    case "nohang":
    case "oomd":
      return {
        name,
        found: `${who} may kill NSO before its crash dump is complete`,
        mend: "exempt ncs.smp there, or set its limit above critical_percent",
      };
  }
}
