/** What is said of a command: the one source of the help, the man page and the completions. */

import type { CommandDef } from "citty";

/** A command file's default export: `run` returns the exit code, or nothing for 0. Its `args` are described in it. */
// biome-ignore lint/suspicious/noExplicitAny: citty's own type for a command of any arguments
export type Command = CommandDef<any>;

/** Words to type after `nsomem`, and what comes of them: 78 characters with the two, ASCII like all help. */
export type Example = readonly [words: string, what: string];

/** Of a command or of one of its parts, such as `incidents show`. */
export interface Description {
  /** One sentence without its period, of 57 characters at most: a line of the list of commands. */
  summary: string;
  /** What else must be known to use it; paragraphs are apart by an empty line. */
  about?: string;
  examples: readonly [Example, ...Example[]];
}

export interface CommandEntry extends Description {
  /** By the names of its citty subCommands. */
  parts?: Readonly<Record<string, Description>>;
  /** `all` is for those that tell of the others. */
  load: (all: CommandGroups) => Promise<{ default: Command }>;
  /** Says what failed, or was wrong with the words, in a way of its own; returns the exit code. */
  onError?: (error: unknown) => Promise<number>;
}

export type CommandEntries = Readonly<Record<string, CommandEntry>>;

/** By the headings of the help, in its order. */
export type CommandGroups = Readonly<Record<string, CommandEntries>>;

/** The commands of all groups by name. */
export function commandsOf(all: CommandGroups): CommandEntries {
  return Object.assign({}, ...Object.values(all));
}
