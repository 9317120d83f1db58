/** How NSO keeps CDB, as far as it is about memory: /ncs-config/cdb/persistence of ncs.conf (facts 3.10). */

import { elements } from "./xml-elements.ts";

export interface CdbPersistence {
  /** `on-demand-v1` or `in-memory-v1`; undefined where the file does not say. */
  format?: string | undefined;
  /** Above it CDB is offloaded to disk, in percent of the system's memory, or in MiB of its own. */
  thresholdPercent?: number | undefined;
  thresholdMib?: number | undefined;
}

/** Empty where there is nothing about it. */
export function parseCdbPersistence(text: string): CdbPersistence {
  const found: CdbPersistence = {};
  for (const { path, closes, leaf } of elements(text))
    if (closes && leaf !== undefined && path.startsWith(`${persistencePath}/`))
      Object.assign(found, leafOf(path.slice(persistencePath.length + 1), leaf));
  return found;
}

const persistencePath = "/ncs-config/cdb/persistence";

function leafOf(path: string, value: string): CdbPersistence {
  const number = /^\d+$/.test(value) ? Number(value) : undefined;
  switch (path) {
    case "format":
      return { format: value };
    case "offload/threshold/system-memory-percentage":
      return { thresholdPercent: number };
    case "offload/threshold/megabytes":
      return { thresholdMib: number };
    default:
      return {};
  }
}
