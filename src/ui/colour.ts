/** Colours for people: none on a pipe, none with NO_COLOR, always with FORCE_COLOR. */

import { isatty } from "node:tty";
import pc from "picocolors";
import type { Level } from "../core/level.ts";

export type Colours = ReturnType<typeof pc.createColors>;

/** Whether output on `descriptor` is coloured. picocolors' own guess also colours pipes where CI is set. */
export function wantsColour(descriptor: 1 | 2, env: Record<string, string | undefined>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isatty(descriptor) && env.TERM !== "dumb";
}

export function colours(enabled: boolean): Colours {
  return pc.createColors(enabled);
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
