/** Where the levels of a recording begin. */

import type { Limits } from "../../core/level.ts";
import type { MemoryKind } from "../../core/reading.ts";
import type { Subjects } from "./subject.ts";

/** Where no run says otherwise (imported files): the tool's own defaults. */
export const defaultLimits: Limits = { warningPercent: 90, criticalPercent: 95 };

/** The limits of the last run. */
export function recordedLimits({ meta }: Subjects, kind: MemoryKind): Limits {
  return meta?.limits[kind] ?? defaultLimits;
}
