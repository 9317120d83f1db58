/** Whether the commit limit was in force: CommitLimit binds in mode 2 alone (facts 2.2). */

import { advisoryWords } from "../../core/advisory.ts";
import type { HistoryEvent, Recording } from "../../core/recording.ts";

export function isAdvisory({ overcommitMode }: Pick<Recording, "overcommitMode">): boolean {
  return overcommitMode !== undefined && overcommitMode !== 2;
}

/**
 * Without those of committed memory where nothing enforces its limit: no alarm, and no incident. Where something was done
 * ([allocated] enforce = "always"), it is one.
 */
export function bindingEvents(recording: Recording): readonly HistoryEvent[] {
  if (!isAdvisory(recording)) return recording.events;
  const ofAllocated = recording.events.filter(({ kind }) => kind === "allocated");
  if (ofAllocated.some(({ type, text }) => type === "action" && !/ (?:skipped|begins)\b/.test(text)))
    return recording.events;
  const ids = new Set(ofAllocated.flatMap(({ incidentId }) => incidentId ?? []));
  return recording.events.filter(
    ({ kind, incidentId }) => kind !== "allocated" && (incidentId === undefined || !ids.has(incidentId)),
  );
}

/** All events, with levels that nothing enforced told as such: older versions recorded them as alarms. */
export function shownEvents(recording: Recording): readonly HistoryEvent[] {
  if (!isAdvisory(recording)) return recording.events;
  const binding = new Set(bindingEvents(recording));
  return recording.events.map((event) =>
    binding.has(event) ? event : { ...event, incidentId: undefined, text: advisoryText(event) },
  );
}

function advisoryText({ type, text }: HistoryEvent): string {
  const isToBeTold = type === "level" && !text.includes(advisoryWords);
  return isToBeTold ? `${text}, ${advisoryWords}` : text;
}
