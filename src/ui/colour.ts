/** Colours for people: none on a pipe, none with NO_COLOR or NSOMEM_PLAIN, always with FORCE_COLOR. */

import { isatty } from "node:tty";
import pc from "picocolors";
import type { Level } from "../core/level.ts";
import { type Environment, isPlain } from "./environment.ts";
import { markOf } from "./mark.ts";

const names = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

export type Colours = Record<(typeof names)[number], (text: string) => string>;

/** Whether output on `descriptor` is coloured: not on a pipe, not even where CI is set. */
export function wantsColour(descriptor: 1 | 2, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isatty(descriptor) && !isPlain(env);
}

/** picocolors has the codes; around a text they are marks until it is printed, so that no text can hold one. */
export function colours(enabled: boolean): Colours {
  const plain = (text: string) => text;
  const painted = names.map((name) => [name, enabled ? marked(name) : plain]);
  return Object.fromEntries(painted) as Colours;
}

const painter = pc.createColors(true);

function marked(name: (typeof names)[number]): (text: string) => string {
  const [on = 0, off = 0] = [...painter[name](" ").matchAll(/\d+/g)].map(Number);
  return (text) => `${markOf(on)}${text}${markOf(off)}`;
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
