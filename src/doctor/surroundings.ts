/** Checks of what is beside NSO and may end it: systemd's policy for its unit, and daemons that kill before the kernel. */

import { type Check, ok, warn } from "../core/check.ts";
import { daemonHazards, type Surroundings } from "../core/hazard.ts";
import { hint } from "../core/hint.ts";
import { endsTogether, type UnitFacts } from "../core/unit.ts";
import type { Core } from "../linux/nso.ts";
import { lookAround } from "../linux/surroundings.ts";
import type { UnitAnswer } from "../linux/unit.ts";
import type { DoctorOptions } from "./options.ts";

export async function checkSurroundings(
  core: Core | undefined,
  { roots, config }: DoctorOptions,
): Promise<Check[]> {
  const around = await lookAround(roots.procDir, core?.pid);
  const daemons = checkDaemons(around, config.physical.critical_percent);
  return core ? [checkOomPolicy(around.answer), ...daemons] : daemons;
}

export function checkOomPolicy(answer: UnitAnswer): Check {
  const name = "OOMPolicy";
  if ("none" in answer) return ok(name, "NSO runs in no unit of systemd's: none");
  if ("unknown" in answer)
    return warn(
      name,
      `${answer.unknown}: whether systemd ends NSO when a VM is killed is unknown`,
      `run ${hint("doctor")} where systemctl works; OOMPolicy=continue in NSO's unit is what to look for`,
    );
  const { unit } = answer;
  // Before systemd 243 there is no such policy: nothing is ended.
  if (!endsTogether(unit)) return ok(name, `${unit.oomPolicy || "none"} in ${unit.unit}`);
  return warn(name, policyWords(unit), dropIn(unit));
}

function policyWords({ unit, oomPolicy, stopTimeout, killMode }: UnitFacts): string {
  const how = oomPolicy === "kill" ? "kills all of it at once" : `stops it: SIGKILL after ${stopTimeout}`;
  return `${oomPolicy} in ${unit} (KillMode=${killMode}): when the OOM killer takes one process of it, systemd ${how}, in the middle of a crash dump too. nsomem ends the VMs as soon as the dump begins, instead of pointing the OOM killer at them`;
}

/** A dump takes longer than the 90 s that a stop may take. */
function dropIn({ unit }: UnitFacts): string {
  const lines = ["[Service]", "OOMPolicy=continue", "TimeoutStopSec=1h"];
  return `systemctl edit ${unit}, and above the first comment:\n${lines.join("\n")}`;
}

export function checkDaemons(around: Surroundings, criticalPercent: number): Check[] {
  const name = "other OOM daemons";
  const hazards = daemonHazards(around, criticalPercent);
  if (hazards.length > 0) return hazards.map(({ found, mend }) => warn(name, found, mend));
  if (around.daemons.length === 0) return [ok(name, "none is running")];
  const running = around.daemons.map((daemon) => `${daemon.name} (PID ${daemon.pid})`);
  return [ok(name, `${running.join(", ")}: set so that NSO's crash dump comes first`)];
}
