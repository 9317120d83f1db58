/** NSO's own memory-management (facts 3.6), which takes debug dumps as nsomem does. */

import { type Check, ok, warn } from "../core/check.ts";
import type { Config } from "../core/config.ts";
import { type MemoryAction, type MemorySection, memorySectionFor } from "../core/memory-section.ts";
import { formatKib } from "../core/units.ts";

/** What NSO takes where the section names no count. */
const dumpsByDefault = 5;

/** `dumpDir` is where the section that is proposed would put its dumps. */
export function checkMemoryManagement(
  section: MemorySection | undefined,
  confFile: string | undefined,
  { physical, debug_dump }: Pick<Config, "physical" | "debug_dump">,
  dumpDir: string,
): Check {
  const name = "NSO's memory-management";
  if (!section) return ok(name, `none in ${confFile ?? "ncs.conf"} (NSO 6.7 and later can have one)`);
  const found = `${confFile} has one: ${section.actions.map(describe).join(", ") || "no actions"}`;
  if (debug_dump.defer_to_nso) return ok(name, `${found}; nsomem leaves debug dumps to it`);
  const fragment = memorySectionFor(physical.warning_percent, dumpDir);
  return warn(
    name,
    `${found}. It takes debug dumps only, and both would dump`,
    `set [debug_dump] defer_to_nso = true, or take the section out; one that matches nsomem's warning:\n${fragment}`,
  );
}

function describe({ usedPercent, freeBytes, count = dumpsByDefault }: MemoryAction): string {
  if (usedPercent !== undefined) return `${count} debug dumps at ${usedPercent} % used`;
  const threshold = freeBytes === undefined ? "no threshold" : `${formatKib(freeBytes / 1024)} free`;
  return `${count} debug dumps at ${threshold}`;
}
