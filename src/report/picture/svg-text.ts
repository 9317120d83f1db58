/** Pieces of SVG as strings. Every text from outside (names, events) goes through `escapeXml`. */

import { ink } from "./palette.ts";

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

/** For content and attributes. Characters that XML 1.0 does not allow become a question mark. */
export function escapeXml(content: string): string {
  return content
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
