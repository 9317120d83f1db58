/** Events of a picture as marks: neighbours joined, each labelled in a row of its own where it would cover another. */

import type { HistoryEvent } from "../../core/recording.ts";
import { eventColourOf, eventLabelOf, eventRankOf, isEntered } from "../series/event-look.ts";
import { eventColours } from "./palette.ts";
import { fitText, textWidth } from "./text-width.ts";

export interface EventMark {
  /** Pixels from the left of the plot. */
  x: number;
  colour: string;
  label: string;
  /** Row of the label from the plot upwards, with its left edge; undefined where no row had room. */
  place?: { row: number; left: number } | undefined;
}

export const eventLabelSize = 11;
/** More rows would take the plot's height. */
const eventRowsMax = 5;
/** Events at most this far apart share a mark; further apart, two lines can be told apart. */
const joinPixels = 5;
const labelWidthMax = 400;

/** Marks from left to right; the more severe get their place first. */
export function eventMarks(
  events: readonly HistoryEvent[],
  { fromMs, toMs, width }: { fromMs: number; toMs: number; width: number },
): EventMark[] {
  const scale = width / (toMs - fromMs);
  const clusters: { x: number; events: HistoryEvent[] }[] = [];
  for (const event of events) {
    // Ticks and events have clocks of their own: what began a moment before the first tick is marked at the edge.
    if (event.atMs < fromMs - 60_000 || event.atMs > toMs + 60_000) continue;
    // The first reading of a run: nothing changed.
    if (event.type === "level" && event.text.includes(" memory is normal:")) continue;
    const x = Math.min(width, Math.max(0, (event.atMs - fromMs) * scale));
    const last = clusters.at(-1);
    if (last && x - last.x <= joinPixels) last.events.push(event);
    else clusters.push({ x, events: [event] });
  }
  const marks = clusters.map(({ x, events: joined }) => markOf(x, joined));
  placeLabels(marks, width);
  return marks.map(({ mark }) => mark);
}

interface RankedMark {
  mark: EventMark;
  rank: number;
}

function markOf(x: number, events: readonly HistoryEvent[]): RankedMark {
  const ranked = [...newsOf(events)].sort((a, b) => eventRankOf(b) - eventRankOf(a));
  const [first] = ranked;
  const rank = first ? eventRankOf(first) : 0;
  // The level first, since what was done follows from it: "physical warning, debug dump begins".
  const told = [...ranked.filter(isEntered), ...ranked.filter((event) => !isEntered(event))];
  const label = fitText(joinedLabel(told), eventLabelSize, labelWidthMax);
  return { mark: { x, colour: eventColours[first ? eventColourOf(first) : "other"], label }, rank };
}

/**
 * The events that a label names: actions and NSO's own, and the levels that were reached; where there are none, all.
 * Beside these a tool's start or a return to a lower level is no news.
 */
function newsOf(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const news = events.filter((event) => event.type === "action" || event.type === "nso" || isEntered(event));
  return news.length > 0 ? news : events;
}

/** `debug dump done ×3, physical warning`: texts that differ only in a number are counted, at most two are named. */
function joinedLabel(events: readonly HistoryEvent[]): string {
  const kinds = new Map<string, { label: string; count: number }>();
  for (const event of events) {
    const label = eventLabelOf(event);
    const kind = label.replace(/ ?\d+/g, "");
    const known = kinds.get(kind);
    kinds.set(kind, { label: known ? kind : label, count: (known?.count ?? 0) + 1 });
  }
  const labels = [...kinds.values()].map(({ label, count }) => (count > 1 ? `${label} ×${count}` : label));
  return labels.length > 2 ? `${labels.slice(0, 2).join(", ")} +${labels.length - 2}` : labels.join(", ");
}

function placeLabels(marks: readonly RankedMark[], width: number): void {
  const rows: Span[][] = Array.from({ length: eventRowsMax }, () => []);
  for (const { mark } of [...marks].sort((a, b) => b.rank - a.rank || a.mark.x - b.mark.x)) {
    const size = textWidth(mark.label, eventLabelSize);
    const sides = [mark.x + 4, mark.x - 4 - size].filter((left) => left >= 0 && left + size <= width);
    mark.place = freePlace(rows, sides, size);
  }
}

interface Span {
  left: number;
  right: number;
}

/** Takes the lowest row that has room, to the right of the mark where both sides have. */
function freePlace(rows: readonly Span[][], lefts: readonly number[], size: number): EventMark["place"] {
  for (const [row, taken] of rows.entries()) {
    for (const left of lefts) {
      const span = { left: left - 6, right: left + size + 6 };
      if (!taken.every((other) => span.right < other.left || span.left > other.right)) continue;
      taken.push(span);
      return { row, left };
    }
  }
  return undefined;
}
