/** What a picture consists of, read back from its SVG. */

import { textWidth } from "../../../src/report/picture/text-width.ts";

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface TextPart extends Box {
  content: string;
}

export interface SvgParts {
  plot: Box;
  texts: TextPart[];
  /** By the name of the group: heading, legend, axes, limits, events, gaps. */
  textsIn(group: string): TextPart[];
  series: {
    label: string;
    colour: string;
    width: number;
    dash: string | undefined;
    points: [x: number, y: number][];
    path: string;
  }[];
  gaps: Box[];
}

export function partsOf(svg: string): SvgParts {
  const clip = /<clipPath id="plot-area"><rect ([^>]*)\/>/.exec(svg)?.[1] ?? "";
  return {
    plot: boxOf(clip),
    texts: textsOf(svg),
    textsIn: (group) => textsOf(groupOf(svg, group)),
    series: [...svg.matchAll(/<path data-series="([^"]*)" d="([^"]*)"([^>]*)>/g)].map(
      ([, label = "", path = "", rest = ""]) => ({
        label,
        path,
        points: [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]): [number, number] => [
          Number(x),
          Number(y),
        ]),
        colour: attribute(rest, "stroke") ?? "",
        width: Number(attribute(rest, "stroke-width")),
        dash: attribute(rest, "stroke-dasharray"),
      }),
    ),
    gaps: [...groupOf(svg, "gaps").matchAll(/<rect ([^>]*)\/>/g)].map(([, attributes = ""]) =>
      boxOf(attributes),
    ),
  };
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** From the group's start to the next group that is not inside it: groups with names do not nest here. */
function groupOf(svg: string, id: string): string {
  const start = svg.indexOf(`<g id="${id}"`);
  if (start < 0) return "";
  const next = svg.indexOf(`<g id="`, start + 1);
  return svg.slice(start, next < 0 ? undefined : next);
}

function textsOf(svg: string): TextPart[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = "", escaped = ""]) => {
    const content = escaped
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
    const size = Number(attribute(attributes, "font-size"));
    const width = textWidth(content, size);
    const anchor = attribute(attributes, "text-anchor");
    const x = Number(attribute(attributes, "x"));
    const y = Number(attribute(attributes, "y"));
    const left = anchor === "end" ? x - width : anchor === "middle" ? x - width / 2 : x;
    return { content, left, right: left + width, top: y - size * 0.76, bottom: y + size * 0.24 };
  });
}

function boxOf(attributes: string): Box {
  const number = (name: string) => Number(attribute(attributes, name) ?? 0);
  return {
    left: number("x"),
    right: number("x") + number("width"),
    top: number("y"),
    bottom: number("y") + number("height"),
  };
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
}
