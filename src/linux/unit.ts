/** Asks systemd about the unit of a core. By a child: not on the way to a signal. */

import { parseUnits, type UnitFacts, unitIn, unitProperties } from "../core/unit.ts";
import { readOptional } from "./procfs.ts";
import { runSystemCommand } from "./system-command.ts";

/** 20 ms on a healthy host, a second on a busy one. */
const answerMsMax = 5000;

/** `none`: it runs in no unit of the system's. `unknown`: in one that nothing can be asked about, and why. */
export type UnitAnswer = { unit: UnitFacts } | { none: true } | { unknown: string };

/** Never rejects. */
export async function askUnit(procDir: string, pid: number, stop?: AbortSignal): Promise<UnitAnswer> {
  const place = unitIn(orEmpty(`${procDir}/${pid}/cgroup`));
  if (!place) return { none: true };
  const properties = unitProperties.map((name) => `--property=${name}`);
  const words: [string, ...string[]] = [
    "systemctl",
    "show",
    ...properties,
    "--",
    place.unit,
    ...place.slices,
  ];
  const said = await runSystemCommand(words, { timeoutMs: answerMsMax, ...(stop ? { stop } : {}) });
  if ("failure" in said) return { unknown: `nothing is known of ${place.unit}: ${said.failure}` };
  const unit = parseUnits(said.text, place);
  return unit ? { unit } : { unknown: `systemctl does not know ${place.unit}` };
}

function orEmpty(file: string): string {
  try {
    return readOptional(file) ?? "";
  } catch {
    return "";
  }
}
