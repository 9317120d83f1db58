/** Which stretch of the history a live page shows, and how a key changes that. Pure. */

import { columnMsSteps } from "./strips.ts";

export interface TimeView {
  /** Index in `columnMsSteps`. */
  step: number;
  /** Where the stretch ends; undefined: now. */
  endMs: number | undefined;
}

/** What there is to be seen: all columns of the page, from the first measurement to the last. */
export interface TimeRange {
  columns: number;
  firstMs: number;
  lastMs: number;
}

/** Ten minutes and more on 80 columns. */
export const firstView: TimeView = { step: 1, endMs: undefined };

export function columnMsOf({ step }: TimeView): number {
  return columnMsSteps[step] ?? 10_000;
}

/** The end of the last column: at a multiple of its length, so that columns stay what they are while time goes on. */
export function endOf(view: TimeView, lastMs: number): number {
  const columnMs = columnMsOf(view);
  return Math.ceil((view.endMs ?? lastMs) / columnMs) * columnMs;
}

/** A tenth of what is seen at once. */
const share = 10;

/** The view after a key; the same one where the key says nothing. */
export function viewAfter(view: TimeView, key: string, range: TimeRange): TimeView {
  const stretchMs = range.columns * columnMsOf(view);
  const by = (ms: number) => movedTo(view, (view.endMs ?? range.lastMs) + ms, range);
  switch (key) {
    case "left":
    case "h":
      return by(-stretchMs / share);
    case "right":
    case "l":
      return by(stretchMs / share);
    case "page-up":
      return by(-stretchMs);
    case "page-down":
      return by(stretchMs);
    case "home":
      return movedTo(view, range.firstMs + stretchMs, range);
    case "end":
      return { ...view, endMs: undefined };
    case "up":
    case "k":
    case "+":
      return { ...view, step: Math.max(0, view.step - 1) };
    case "down":
    case "j":
    case "-":
      return { ...view, step: Math.min(columnMsSteps.length - 1, view.step + 1) };
    default:
      return view;
  }
}

/** Not before what was measured first, and beyond the last it is live again. */
function movedTo(view: TimeView, endMs: number, { firstMs, lastMs }: TimeRange): TimeView {
  if (endMs >= lastMs) return { ...view, endMs: undefined };
  return { ...view, endMs: Math.max(endMs, firstMs + columnMsOf(view)) };
}
