/** Event marks of a picture: a dotted line and a triangle each, and above them the labels. */

import { type EventMark, eventLabelSize } from "./event-marks.ts";
import type { Frame } from "./frame.ts";
import { eventRowHeight } from "./layout.ts";
import { ink } from "./palette.ts";
import { line, round, text } from "./svg-text.ts";
import { textWidth } from "./text-width.ts";

/** Lines first: no line crosses a label. */
export function drawMarks(marks: readonly EventMark[], frame: Frame): string[] {
  return [
    ...marks.flatMap((mark) => drawStem(mark, frame)),
    ...marks.flatMap((mark) => drawLabel(mark, frame)),
  ];
}

function labelTop(mark: EventMark, { plot }: Frame): number {
  return mark.place ? plot.top - 18 - mark.place.row * eventRowHeight : plot.top - 7;
}

function drawStem(mark: EventMark, frame: Frame): string[] {
  const { plot } = frame;
  const x = plot.left + mark.x;
  return [
    line([x, labelTop(mark, frame)], [x, plot.top + plot.height], {
      colour: mark.colour,
      width: 1.2,
      dash: [2, 3],
    }),
    `<path d="M${round(x - 5)} ${round(plot.top - 7)}h10l-5 7z" fill="${mark.colour}"/>`,
  ];
}

function drawLabel(mark: EventMark, frame: Frame): string[] {
  if (!mark.place) return [];
  const top = labelTop(mark, frame);
  const left = frame.plot.left + mark.place.left;
  const width = textWidth(mark.label, eventLabelSize);
  return [
    `<rect x="${round(left - 1)}" y="${round(top - 1)}" width="${round(width + 2)}" height="14" fill="${ink.paper}"/>`,
    text(left, top + 10, mark.label, { size: eventLabelSize, colour: mark.colour }),
  ];
}
