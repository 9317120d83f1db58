/** Pieces of SVG as strings. Every text from outside (names, events) goes through `escapeXml`. */

import { shown } from "../../core/shown.ts";
import { ink } from "./palette.ts";

/** The longest is an event of a callback that failed. */
const contentLengthMax = 2000;

export interface TextStyle {
  size: number;
  colour?: string;
  anchor?: "start" | "middle" | "end";
}

/** `x` and `y` are those of the baseline. */
export function text(
  x: number,
  y: number,
  content: string,
  { size, colour = ink.text, anchor = "start" }: TextStyle,
): string {
  const align = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${colour}"${align}>${escapeXml(content)}</text>`;
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  { colour, width, dash }: { colour: string; width: number; dash?: readonly number[] | undefined },
): string {
  const dashes = dash ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" stroke-width="${width}"${dashes}/>`;
}

/** `parts` inside a group whose attributes are given as text. */
export function group(attributes: string, parts: readonly string[]): string {
  return `<g ${attributes}>\n${parts.join("\n")}\n</g>`;
}

/** For content and attributes. XML 1.0 allows no control characters: they are shown as text. */
export function escapeXml(content: string): string {
  return shown(content, contentLengthMax)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
