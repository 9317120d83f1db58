/** Where the parts of a picture are, in pixels: text above, marks above the plot, names of limits beside it. */

import type { Picture } from "./picture.ts";
import { textWidth } from "./text-width.ts";

export const pictureSize = { width: 1200, height: 700 };
export const legendSize = 13;

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface LegendText {
  label: string;
  /** Behind the label, in a quieter colour: `max 9.4 GiB`. */
  detail: string;
}

/** One entry of the legend at its place; `top` is that of its row. */
export interface LegendEntry extends LegendText {
  left: number;
  top: number;
  width: number;
}

export interface Layout {
  titleTop: number;
  subtitleTop: number;
  legend: LegendEntry[];
  legendBox: Box;
  /** Room for the labels of event marks, between legend and plot. */
  eventBox: Box;
  plot: Box;
}

const marginLeft = 84;
/** "critical 95 %" at size 12. */
const gutterRight = 112;
const gutterRightBare = 30;
const axisHeight = 64;
const legendTop = 72;
const legendRowHeight = 22;
export const legendSampleWidth = 34;
export const eventRowHeight = 17;

export function layoutOf(picture: Picture, entries: readonly LegendText[], eventRows: number): Layout {
  const { width, height } = pictureSize;
  const right = width - (picture.limit ? gutterRight : gutterRightBare);
  const legend = flow(entries, { left: marginLeft, right: width - gutterRightBare });
  const legendRows = 1 + Math.max(0, ...legend.map(({ top }) => (top - legendTop) / legendRowHeight));
  const legendBox = {
    left: marginLeft,
    top: legendTop,
    width: width - gutterRightBare - marginLeft,
    height: legendRows * legendRowHeight,
  };
  const eventTop = legendBox.top + legendBox.height + 6;
  const eventBox = {
    left: marginLeft,
    top: eventTop,
    width: right - marginLeft,
    height: eventRows * eventRowHeight,
  };
  const plotTop = eventTop + eventBox.height + 8;
  const plot = {
    left: marginLeft,
    top: plotTop,
    width: right - marginLeft,
    height: height - axisHeight - plotTop,
  };
  return { titleTop: 18, subtitleTop: 46, legend, legendBox, eventBox, plot };
}

/** Entries from left to right, into a new row where one does not fit. */
function flow(
  entries: readonly LegendText[],
  { left, right }: { left: number; right: number },
): LegendEntry[] {
  const placed: LegendEntry[] = [];
  let x = left;
  let top = legendTop;
  for (const { label, detail } of entries) {
    const width = legendSampleWidth + textWidth(`${label}  ${detail}`, legendSize);
    if (x > left && x + width > right) {
      x = left;
      top += legendRowHeight;
    }
    placed.push({ label, detail, left: x, top, width });
    x += width + 26;
  }
  return placed;
}
