/**
 * What a crash dump would meet, known before it is needed: its place and room, the VMs beside the core, who grew.
 * Looked at while there is time, so that none of it is between the critical reading and the signal.
 */

import { type FamilyWatch, type FamilyWatchOptions, watchFamily } from "./family-watch.ts";
import { type HazardWatch, type HazardWatchOptions, watchHazards } from "./hazard-watch.ts";
import { type ProspectWatch, type ProspectWatchOptions, watchProspect } from "./prospect-watch.ts";

export interface Outlook
  extends Pick<FamilyWatch, "family" | "growth">,
    Pick<ProspectWatch, "prospect" | "known" | "isObstructed" | "skewMs" | "judge">,
    Pick<HazardWatch, "hazards" | "around" | "unit"> {
  close(): void;
}

/** Not at once: the first reading comes first. */
const firstLookMs = 50;

export function openOutlook(
  options: FamilyWatchOptions & ProspectWatchOptions & HazardWatchOptions,
): Outlook {
  const family = watchFamily(options, firstLookMs);
  const prospect = watchProspect(options, firstLookMs);
  const hazards = watchHazards(options);
  return {
    ...hazards,
    ...family,
    ...prospect,
    close() {
      family.close();
      prospect.close();
      hazards.close();
    },
  };
}
