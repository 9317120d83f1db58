/** The doctor: would a rescue work here, now, for this NSO? It looks and changes nothing. */

import { type Check, fail, ok } from "../core/check.ts";
import { describeError } from "../core/errors.ts";
import { shown } from "../core/shown.ts";
import { type CoreChoice, chooseCore, notFound } from "../linux/choose-core.ts";
import type { Core } from "../linux/nso.ts";
import { checkHost } from "./host.ts";
import { checkIpc } from "./ipc.ts";
import { checkCore } from "./nso.ts";
import type { DoctorOptions } from "./options.ts";
import { checkSelf } from "./self.ts";

/** All checks in the order of the table. Never throws: a check that cannot be made is a line of its own. */
export async function examine(options: DoctorOptions): Promise<Check[]> {
  const { roots, choice } = options;
  const found = findCore(roots.procDir, choice);
  const core = "core" in found ? found.core : undefined;
  const groups: [string, () => Promise<Check[]> | Check[]][] = [
    ["NSO core", () => ["core" in found ? ok("NSO found", describeCore(found.core)) : found.check]],
    ["NSO core", () => (core ? checkCore(core, options) : [])],
    ["NSO's IPC", () => checkIpc(core, options)],
    ["host", () => checkHost(core, options)],
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

function findCore(procDir: string, choice: CoreChoice): { core: Core } | { check: Check } {
  try {
    const core = chooseCore(procDir, choice);
    if (core) return { core };
    return {
      check: fail(
        "NSO found",
        // Without its way out, which is for start.
        describeError(notFound(procDir, choice)).replace(/;.*/s, ""),
        "start NSO, then run this again",
      ),
    };
  } catch (error) {
    return { check: fail("NSO found", describeError(error), "choose one with --pid or --conffile") };
  }
}

function describeCore({ name, pid, confFile }: Core): string {
  return `${name}, PID ${pid}${confFile === undefined ? "" : `, ${shown(confFile)}`}`;
}
