/** Colours for people: none on a pipe, none with NO_COLOR, always with FORCE_COLOR. */

import { isatty } from "node:tty";
import type { Level } from "../core/level.ts";
import { markOf } from "./mark.ts";

/** SGR codes: on and off. Source: ECMA-48, 8.3.117. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Colours = Record<keyof typeof codes, (text: string) => string>;

/** Whether output on `descriptor` is coloured: not on a pipe, not even where CI is set. */
export function wantsColour(descriptor: 1 | 2, env: Record<string, string | undefined>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isatty(descriptor) && env.TERM !== "dumb";
}

export function colours(enabled: boolean): Colours {
  const paint = ([on, off]: readonly [number, number]) =>
    enabled ? (text: string) => `${markOf(on)}${text}${markOf(off)}` : (text: string) => text;
  const painted = Object.entries(codes).map(([name, pair]) => [name, paint(pair)]);
  return Object.fromEntries(painted) as Colours;
}

/** A level's colour. Show the word of the level too, for those who do not see colours. */
export function paintLevel(colour: Colours, level: Level, text: string): string {
  switch (level) {
    case "normal":
      return colour.green(text);
    case "warning":
      return colour.yellow(text);
    case "critical":
      return colour.bold(colour.red(text));
  }
}
