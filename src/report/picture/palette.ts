/**
 * Colours that people with any colour vision tell apart. In grey print the series still differ, in lightness and in
 * dash. Source: Okabe and Ito, "Color Universal Design" (2008), darkened until each has a contrast of 3:1 on white.
 */

import type { EventColour } from "../series/event-look.ts";

export interface Stroke {
  colour: string;
  width: number;
  /** Lengths of dash and space in pixels; absent: a full line. */
  dash?: readonly number[];
}

const blue = "#0072B2";
const orange = "#C76A00";
const green = "#007A5A";
const purple = "#A0457F";

export const ink = {
  text: "#1B1F24",
  quiet: "#57606A",
  grid: "#E3E7EB",
  midnight: "#C3CAD1",
  frame: "#8C959F",
  gap: "#EEF0F3",
  paper: "#FFFFFF",
};

export const strokes = {
  /** CommitLimit, MemTotal. */
  limit: { colour: "#CF222E", width: 4 },
  critical: { colour: "#CF222E", width: 1.5, dash: [9, 5] },
  warning: { colour: "#9A6700", width: 1.5, dash: [4, 4] },
  committed: { colour: "#3D444D", width: 2, dash: [18, 4] },
  memUsed: { colour: purple, width: 2, dash: [14, 3, 2, 3] },
  everythingElse: { colour: "#57606A", width: 2, dash: [2, 3] },
  rss: { colour: blue, width: 2.5 },
  allocated: { colour: orange, width: 2, dash: [8, 4] },
  core: { colour: blue, width: 2.5 },
  javaVm: { colour: orange, width: 2, dash: [8, 4] },
  pythonTotal: { colour: green, width: 2, dash: [3, 3] },
} satisfies Record<string, Stroke>;

/** The paper above the warning and above the critical level, light enough for any line to be seen on it. */
export const tints = { warning: "#FFF6DA", critical: "#FFE4E2" };

export const eventColours: Record<EventColour, string> = {
  critical: "#CF222E",
  warning: "#9A6700",
  action: "#6639BA",
  nso: "#1B1F24",
  other: "#6E7781",
};
