/** How each type of event shows in a report: the name of its colour, its short label, and its rank among neighbours. */

import { advisoryWords } from "../../core/advisory.ts";
import { kindWords } from "../../core/kind-words.ts";
import { severity } from "../../core/level.ts";
import type { HistoryEvent } from "../../core/recording.ts";

/** The palette of the pictures and the style sheet of the page have a colour under each of these names. */
export type EventColour = "critical" | "warning" | "action" | "nso" | "other";

export function eventColourOf(event: HistoryEvent): EventColour {
  const { type, level, text } = event;
  switch (type) {
    case "level":
      return isEntered(event) && (level === "critical" || level === "warning") ? level : "other";
    case "forecast":
      return hasEnded({ text }) ? "other" : "warning";
    case "action":
    case "nso":
      return type;
    case "tool":
    case "run":
      return "other";
  }
}

function hasEnded({ text }: Pick<HistoryEvent, "text">): boolean {
  return text.includes("forecast ended");
}

/** Of events at one place the highest gives the colour and comes first in the label. */
export function eventRankOf(event: HistoryEvent): number {
  const { type, level } = event;
  switch (type) {
    case "action":
      return 10 + (level ? severity(level) : 0);
    case "nso":
      return 9;
    case "level":
      return 3 + (level && isEntered(event) ? severity(level) * 2 : 0);
    case "forecast":
      return 4;
    case "tool":
      return 2;
    case "run":
      return 1;
  }
}

/** Whether a level was reached, and not left for a lower one: "physical memory is back to warning" is no warning. */
export function isEntered({ type, level, text }: HistoryEvent): boolean {
  if (type !== "level" || level === undefined || level === "normal") return false;
  return !text.includes(" is back to ") && !text.includes(advisoryWords);
}

/** Level changes and forecasts in two or three words; everything else in its own text up to the first colon or semicolon. */
export function eventLabelOf(event: HistoryEvent): string {
  if (event.type === "forecast")
    return hasEnded(event) ? "forecast ended" : `${event.kind ?? "memory"} critical foreseen`;
  if (event.type === "level" && event.kind && event.level) {
    if (event.text.includes(advisoryWords)) return `${kindWords[event.kind]} ${event.level} (advisory)`;
    const isReturn = event.level === "warning" && !isEntered(event);
    return `${kindWords[event.kind]} ${isReturn ? "back to " : ""}${event.level}`;
  }
  const text = event.text
    .replace(/[:;].*/s, "")
    .replace(/\s+/g, " ")
    .trim();
  if (event.type !== "action") return text;
  return text.replace(/^crash-dump\b/, "crash dump (SIGUSR1)").replace(/^debug-dump\b/, "debug dump");
}
