/** Whether the commit limit was in force: CommitLimit binds in mode 2 alone (facts 2.2). */

import type { HistoryEvent, Recording } from "../../core/recording.ts";

export function isAdvisory({ overcommitMode }: Pick<Recording, "overcommitMode">): boolean {
  return overcommitMode !== undefined && overcommitMode !== 2;
}

/** Without those of allocated memory where nothing enforces its limit: no alarm, and no incident. */
export function bindingEvents(recording: Recording): readonly HistoryEvent[] {
  if (!isAdvisory(recording)) return recording.events;
  const ofAllocated = recording.events.filter(({ kind }) => kind === "allocated");
  const ids = new Set(ofAllocated.flatMap(({ incidentId }) => incidentId ?? []));
  return recording.events.filter(
    ({ kind, incidentId }) => kind !== "allocated" && (incidentId === undefined || !ids.has(incidentId)),
  );
}
