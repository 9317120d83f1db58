/** A picture as SVG, 1200×700, complete in itself: fonts by name, no styles, no scripts. */

import { scaleLinear } from "d3-scale";
import { formatKib } from "../../core/units.ts";
import { kibAt } from "../series/column.ts";
import { highestOf } from "../series/downsample.ts";
import { topUnder } from "../series/top-under.ts";
import { spanText, type Zone } from "../series/zone.ts";
import { drawAxes } from "./axes.ts";
import { type EventMark, eventMarks } from "./event-marks.ts";
import type { Frame } from "./frame.ts";
import { drawGaps } from "./gap-bands.ts";
import { type Layout, layoutOf, legendSampleWidth, legendSize, pictureSize } from "./layout.ts";
import { drawLimit, drawTints } from "./limit-lines.ts";
import { drawLine } from "./line-path.ts";
import { drawMarks } from "./mark-lines.ts";
import { memoryScale } from "./memory-scale.ts";
import { ink } from "./palette.ts";
import type { Line, Picture } from "./picture.ts";
import { group, line, text } from "./svg-text.ts";
import { fitText, textWidth } from "./text-width.ts";

export interface SvgOptions {
  zone: Zone;
  /** Names the host and the version, at the right end under the plot. */
  source: string;
}

export function renderSvg(picture: Picture, { zone, source }: SvgOptions): string {
  const allLines: Line[] = picture.limit ? [picture.limit, ...picture.lines] : picture.lines;
  const entries = allLines.map((one) => ({ label: one.label, detail: detailOf(one, picture) }));
  const probe = layoutOf(picture, entries, 0);
  const marks = eventMarks(picture.events, { ...picture, width: probe.plot.width });
  const layout = layoutOf(picture, entries, labelRows(marks));
  const { plot } = layout;
  const memory = memoryScale(memoryTop(picture), Math.round(plot.height / 75));
  const frame: Frame = {
    plot,
    fromMs: picture.fromMs,
    toMs: picture.toMs,
    x: scaleLinear([picture.fromMs, picture.toMs], [plot.left, plot.left + plot.width]),
    y: scaleLinear([0, memory.maxKib], [plot.top + plot.height, plot.top]),
  };
  const parts = [
    `<rect width="${pictureSize.width}" height="${pictureSize.height}" fill="${ink.paper}"/>`,
    group(`id="heading"`, heading(picture, layout, zone)),
    group(`id="legend"`, legend(layout, allLines)),
    `<clipPath id="plot-area"><rect x="${plot.left}" y="${plot.top}" width="${plot.width}" height="${plot.height}"/></clipPath>`,
    ...(picture.limit ? [drawTints(picture.limit, frame)] : []),
    group(`id="gaps"`, drawGaps(picture.measured, frame)),
    drawAxes(frame, memory, zone),
    ...(picture.limit ? [drawLimit(picture.limit, frame)] : []),
    group(`id="events"`, drawMarks(marks, frame)),
    group(
      `id="series" clip-path="url(#plot-area)"`,
      picture.lines.map((one) => drawLine(one, frame)),
    ),
    text(pictureSize.width - 30, pictureSize.height - 10, source, {
      size: 11,
      colour: ink.quiet,
      anchor: "end",
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pictureSize.width} ${pictureSize.height}" width="${pictureSize.width}" height="${pictureSize.height}" font-family="DejaVu Sans, Verdana, sans-serif">
${parts.join("\n")}
</svg>
`;
}

/** What the memory axis must reach: the highest value, and the limit unless it is far above all values. */
function memoryTop({ lines, limit, fromMs, toMs }: Picture): number {
  const used = Math.max(0, ...lines.flatMap(({ series }) => highestOf(series, fromMs, toMs) ?? []));
  if (!limit) return used;
  const limitKib = highestOf(limit.series, fromMs, toMs);
  if (limitKib === undefined) return used;
  return topUnder(limitKib, Math.max(used, (limitKib * limit.limits.criticalPercent) / 100));
}

function labelRows(marks: readonly EventMark[]): number {
  return Math.max(0, ...marks.map(({ place }) => (place ? place.row + 1 : 0)));
}

function heading(picture: Picture, layout: Layout, zone: Zone): string[] {
  const { left } = layout.plot;
  const widthMax = pictureSize.width - left - 30;
  const span = spanText(zone, picture.fromMs, picture.toMs);
  const subtitle = picture.note ? `${span} · ${picture.note}` : span;
  return [
    text(left, layout.titleTop + 20, fitText(picture.title, 22, widthMax), { size: 22 }),
    text(left, layout.subtitleTop + 14, fitText(subtitle, 13, widthMax), { size: 13, colour: ink.quiet }),
  ];
}

function legend(layout: Layout, lines: readonly Line[]): string[] {
  return layout.legend.flatMap((entry, index) => {
    const one = lines[index];
    if (!one) return [];
    const middle = entry.top + 11;
    const labelLeft = entry.left + legendSampleWidth;
    const detailLeft = labelLeft + textWidth(`${entry.label}  `, legendSize);
    return [
      line([entry.left, middle], [entry.left + legendSampleWidth - 8, middle], one.stroke),
      text(labelLeft, middle + 4.5, entry.label, { size: legendSize }),
      text(detailLeft, middle + 4.5, entry.detail, { size: legendSize, colour: ink.quiet }),
    ];
  });
}

/** `max 9.4 GiB`; for a limit its value, or its first and its last where it changed. */
function detailOf(one: Line, picture: Picture): string {
  const { kib } = one.series;
  const highest = highestOf(one.series, picture.fromMs, picture.toMs);
  if (highest === undefined) return "not measured";
  if (one !== picture.limit) return `max ${formatKib(highest)}`;
  const first = kibAt(kib, 0);
  const last = kibAt(kib, kib.length - 1);
  return first === last ? formatKib(last) : `${formatKib(first)} → ${formatKib(last)}`;
}
