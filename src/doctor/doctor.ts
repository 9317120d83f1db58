/**
 * The doctor: would a rescue work here, now, for this NSO? It looks and changes nothing; one small file beside the dump
 * is made and removed again.
 */

import { type Check, fail, ok, warn } from "../core/check.ts";
import { describeError } from "../core/errors.ts";
import { shown } from "../core/shown.ts";
import { type CoreChoice, chooseCore, describeAll, describeNone, rankedCores } from "../linux/choose-core.ts";
import type { Core } from "../linux/nso.ts";
import { userName } from "../linux/users.ts";
import { checkCgroupSettings } from "./cgroup-settings.ts";
import { checkEvidence } from "./evidence.ts";
import { checkHost } from "./host.ts";
import { checkIpc } from "./ipc.ts";
import { checkJavaHeap } from "./java-heap.ts";
import { checkNcsConf } from "./ncs-conf.ts";
import { checkCore } from "./nso.ts";
import type { DoctorOptions } from "./options.ts";
import { checkSelf } from "./self.ts";
import { checkSurroundings } from "./surroundings.ts";

/** All checks in the order of the table. Never throws: a check that cannot be made is a line of its own. */
export async function examine(options: DoctorOptions): Promise<Check[]> {
  const { roots, choice } = options;
  const { core, checks: choosing } = findCore(roots.procDir, choice);
  const groups: [string, () => Promise<Check[]> | Check[]][] = [
    ["NSO core", () => choosing],
    ["NSO core", () => (core ? checkCore(core, options) : [])],
    ["ncs.conf", () => (core ? checkNcsConf(core, options) : [])],
    ["NSO's IPC", () => checkIpc(core, options)],
    ["host", () => checkHost(core, options)],
    ["what may end NSO", () => checkSurroundings(core, options)],
    ["cgroup settings", () => checkCgroupSettings(core, options)],
    ["Java heap", () => checkJavaHeap(core, options)],
    ["evidence of VMs", () => checkEvidence(core, options)],
    ["nsomem", () => checkSelf(options)],
  ];
  const checks: Check[] = [];
  for (const [name, make] of groups) {
    try {
      checks.push(...(await make()));
    } catch (error) {
      checks.push(
        fail(
          name,
          `cannot be examined: ${describeError(error)}`,
          "report this with the output of nsomem --version",
        ),
      );
    }
  }
  return checks;
}

/** The core that start would follow, and a line for each process that looks like one and would not be followed. */
function findCore(procDir: string, choice: CoreChoice): { core: Core | undefined; checks: Check[] } {
  let others: Check[] = [];
  const name = "NSO found";
  try {
    others = describeAll(rankedCores(procDir, choice).passedOver).map(({ found, wayOut }) =>
      warn("not followed", found, wayOut),
    );
    const { core } = chooseCore(procDir, choice);
    if (core) return { core, checks: [ok(name, describeCore(core)), ...others] };
    const none =
      others.length > 0
        ? { found: "none that nsomem takes by itself", wayOut: "start NSO, or name it as the next line says" }
        : describeNone(procDir, choice);
    return { core, checks: [fail(name, none.found, none.wayOut), ...others] };
  } catch (error) {
    const check = fail(name, describeError(error), "choose one with --pid or --conffile");
    return { core: undefined, checks: [check, ...others] };
  }
}

function describeCore({ name, pid, uid, confFile }: Core): string {
  return `${name}, PID ${pid} of user ${userName(uid)}${confFile === undefined ? "" : `, ${shown(confFile)}`}`;
}
