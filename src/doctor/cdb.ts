/** How NSO keeps CDB: what it gives back, and from where on (facts 3.10). */

import type { CdbPersistence } from "../core/cdb-persistence.ts";
import { type Check, ok, warn } from "../core/check.ts";
import { formatKib } from "../core/units.ts";

/** What NSO takes where ncs.conf names no threshold. */
const percentByDefault = 50;

export interface CdbLimits {
  warningPercent: number;
  /** The ceiling that binds. */
  limitKib: number;
}

export function checkCdb(persistence: CdbPersistence, { warningPercent, limitKib }: CdbLimits): Check {
  const name = "CDB persistence";
  const { format } = persistence;
  if (format === "in-memory-v1")
    return warn(
      name,
      "in-memory-v1: all of CDB stays in memory and nothing of it is ever given back",
      "size the host for all of CDB, or set /ncs-config/cdb/persistence/format to on-demand-v1 (NSO 6.4 and later)",
    );
  const threshold = thresholdOf(persistence, limitKib);
  const kept = format ?? "no format in ncs.conf (on-demand-v1 from NSO 6.7 on, in memory before)";
  if (threshold.percent < warningPercent)
    return ok(
      name,
      `${kept}; what is not in use is offloaded above ${threshold.text}, below nsomem's warning of ${warningPercent} %`,
    );
  return warn(
    name,
    `${kept}; it is offloaded above ${threshold.text} only, and nsomem warns at ${warningPercent} %: a healthy NSO would stay in warning`,
    "lower offload/threshold in /ncs-config/cdb/persistence, or raise [physical] warning_percent",
  );
}

function thresholdOf(
  { thresholdPercent, thresholdMib }: CdbPersistence,
  limitKib: number,
): { percent: number; text: string } {
  if (thresholdMib === undefined) {
    const percent = thresholdPercent ?? percentByDefault;
    return { percent, text: `${percent} % of the system's memory` };
  }
  const kib = thresholdMib * 1024;
  const percent = limitKib > 0 ? Math.round((kib / limitKib) * 100) : 0;
  return { percent, text: `${formatKib(kib)}, ${percent} % of the ceiling` };
}
