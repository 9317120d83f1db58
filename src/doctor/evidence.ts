/** Whether NSO's VMs can be looked into, where a rule takes evidence of the one that grew. */

import { type Check, ok, warn } from "../core/check.ts";
import { rulesOf } from "../core/rule.ts";
import { findFamily } from "../linux/family.ts";
import type { Core } from "../linux/nso.ts";
import { openProcessMemory } from "../linux/process-memory.ts";
import type { DoctorOptions } from "./options.ts";

export function checkEvidence(core: Core | undefined, { config, roots }: DoctorOptions): Check[] {
  const isTaken = rulesOf(config).some(({ actions }) => actions.some(({ kind }) => kind === "evidence"));
  if (!core || !isTaken) return [];
  const name = "evidence of VMs";
  const vms = findFamily(roots.procDir, core).filter(({ childOf }) => childOf === undefined);
  if (vms.length === 0) return [ok(name, "no VM is running")];
  const refused = vms.flatMap((vm) => {
    // Opened alone: nothing is read.
    const memory = openProcessMemory(roots.procDir, vm, { untilMs: 0 });
    if ("refusal" in memory) return [`${vm.name} (PID ${vm.pid}): ${memory.refusal}`];
    memory.close();
    return [];
  });
  const [first] = refused;
  const looked = `${vms.length - refused.length} of ${vms.length} can be looked into`;
  if (first === undefined) return [ok(name, looked)];
  return [warn(name, `${looked}; ${first}`, "start nsomem as root; without it no census is taken of these")];
}
