/** What is beside NSO on this host that may end it: its unit's policy, and daemons that kill before the kernel does. */

import type { Surroundings } from "../core/hazard.ts";
import { readMeminfo } from "./meminfo.ts";
import { findOomDaemons } from "./oom-daemons.ts";
import { askUnit, type UnitAnswer } from "./unit.ts";

/** Of the core with that PID; by a child, so not on the way to a signal. May throw where /proc cannot be read. */
export async function lookAround(
  procDir: string,
  pid: number | undefined,
  stop?: AbortSignal,
): Promise<Surroundings & { answer: UnitAnswer }> {
  const answer = pid === undefined ? { none: true as const } : await askUnit(procDir, pid, stop);
  return { ...daemonsNow(procDir), unit: "unit" in answer ? answer.unit : undefined, answer };
}

/** The same without a child. */
export function daemonsNow(procDir: string): Omit<Surroundings, "unit"> {
  const { memTotalKib, swapTotalKib } = readMeminfo(procDir);
  return { daemons: findOomDaemons(procDir), memTotalKib, swapTotalKib };
}
